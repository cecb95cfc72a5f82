"""The styles of the chat, resolved from the active theme for one background."""

from collections.abc import Mapping
from enum import IntFlag
from typing import Final

from rich.style import Style
from textual.color import TRANSPARENT, Color

from tui.widgets.chat.styles import TONES
from tui.widgets.contrast import LEAST_CONTRAST, LEAST_OF_MARKS, readable

DECORATIONS: Final = frozenset(
    {"quote", "rule", "table-line", "you-rule", "draft-border", "cursor", "cursor-blurred", "card"}
)
"""Those that nothing has to be read in."""


class Mark(IntFlag):
    """What emphasis puts on text."""

    BOLD = 1
    ITALIC = 2
    STRIKE = 4
    CODE = 8


class Palette:
    """Rich styles by name, all over one background.

    Two palettes are equal when everything drawn with them looks the same.
    """

    def __init__(self, styles: Mapping[str, Style]) -> None:
        self._styles = dict(styles)
        self._inline: dict[tuple[str, Mark, str], Style] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Palette) and self._styles == other._styles

    def __hash__(self) -> int:
        return hash(tuple(sorted((name, hash(style)) for name, style in self._styles.items())))

    def __getitem__(self, name: str) -> Style:
        return self._styles[name]

    def inline(self, base: str, marks: Mark, link: str = "") -> Style:
        """Return the style of text inside a block.

        Args:
            base: Name of the block's own style.
            marks: Emphasis on it.
            link: Address that a click on it leads to; it is only reported, never opened.
        """
        key = (base, marks, link)
        if key not in self._inline:
            self._inline[key] = self._make_inline(base, marks, link)
        return self._inline[key]

    def _make_inline(self, base: str, marks: Mark, link: str) -> Style:
        style = self[base]
        if marks & Mark.CODE:
            style += Style(color=self["code"].color, bgcolor=self["code"].bgcolor)
        if link:
            style += Style(color=self["link"].color, underline=True)
            style += Style.from_meta({"chat_link": link})
        return style + Style(
            bold=True if marks & Mark.BOLD else None,
            italic=True if marks & Mark.ITALIC else None,
            strike=True if marks & Mark.STRIKE else None,
        )


def build_palette(variables: Mapping[str, str], background: Color) -> Palette:
    """Resolve every tone over `background`.

    Args:
        variables: The variables of the theme, by name: colours as Textual reads them.
        background: Opaque colour of what is behind.
    """
    resolved: dict[str, Style] = {}
    for name, tone in TONES.items():
        behind = background + themed(tone.ground, variables)
        color = themed(tone.color, variables)
        if color.auto:
            color = behind.get_contrast_text(color.a)
        color = behind + color
        color = readable(color, behind, LEAST_OF_MARKS if name in DECORATIONS else LEAST_CONTRAST)
        look = Style.from_color(color.rich_color, behind.rich_color)
        resolved[name] = Style.parse(tone.text_style) + look
    return Palette(resolved)


def themed(name: str, variables: Mapping[str, str]) -> Color:
    """Return a colour of the theme: `accent`, or `accent 50` with an opacity; "" is no colour."""
    if not name:
        return TRANSPARENT
    variable, _, percent = name.partition(" ")
    color = Color.parse(variables[variable])
    return color.multiply_alpha(int(percent) / 100) if percent else color
