"""Redraft's own colour themes; Textual's are there as well.

In both, all text has a contrast of at least 4.5:1 to its ground, and every line and mark that means
something 3:1: `tests/ui/test_contrast.py` measures it on what is drawn.
"""

from collections.abc import Mapping
from typing import Final

from textual.theme import BUILTIN_THEMES, Theme

VARIABLES: Final[Mapping[str, str]] = {"quiet": "#8a8a8a", "guide": "#777777"}
"""Colours of our own, for themes that do not set them: greys that show on dark and on light.

`quiet` is for text that is not in the foreground, `guide` for frames and the lines of the tree.
"""


def _theme(*, quiet: str, guide: str, cursor_text: str, **colours: str | bool) -> Theme:
    """Return a theme; its text, frames and scrollbars are strong enough on all of its grounds."""
    variables = {
        "quiet": quiet,
        "guide": guide,
        "text-muted": "auto 74%",
        "text-disabled": "auto 68%",
        "block-cursor-foreground": cursor_text,
        "border-blurred": guide,
        "input-selection-background": f"{guide} 40%",
        "scrollbar": guide,
        "scrollbar-hover": quiet,
        "scrollbar-active": quiet,
        "scrollbar-background": str(colours["surface"]),
        "scrollbar-background-hover": str(colours["surface"]),
        "scrollbar-background-active": str(colours["surface"]),
        "scrollbar-corner-color": str(colours["surface"]),
    }
    return Theme(**colours, variables=variables)  # type: ignore[arg-type]


DARK: Final = _theme(
    name="redraft-dark",
    primary="#d9a066",
    secondary="#8fb4a8",
    accent="#e8c07d",
    warning="#e0af68",
    error="#e57373",
    success="#8bbf7f",
    foreground="#d8d4cc",
    background="#16171a",
    surface="#1c1e22",
    panel="#2a2d33",
    dark=True,
    quiet="#a09b92",
    guide="#75777d",
    cursor_text="#16171a",
)
LIGHT: Final = _theme(
    name="redraft-light",
    primary="#955718",
    secondary="#3f6f63",
    accent="#87520f",
    warning="#8a5a00",
    error="#a8332b",
    success="#3a7231",
    foreground="#2b2a27",
    background="#faf7f1",
    surface="#f3efe6",
    panel="#e2dccf",
    dark=False,
    quiet="#5f5a51",
    guide="#7c7569",
    cursor_text="#fffdf8",
)


def theme_problem(name: str) -> str:
    """Return a sentence about a theme that there is not; empty for one that there is."""
    names = {*BUILTIN_THEMES, DARK.name, LIGHT.name}
    if name in names:
        return ""
    return f"There is no theme “{name}”; there are: {', '.join(sorted(names))}."
