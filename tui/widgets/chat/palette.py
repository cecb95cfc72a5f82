"""The styles of the chat, resolved from the active theme for one background."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING, Final

from rich.style import Style
from textual.color import BLACK, WHITE, Color

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.css.styles import RenderStyles

PREFIX: Final = "chat--"
NAMES: Final = (
    "text", "link", "code", "code-block", "quote", "rule", "bullet", "activity",
    "heading-1", "heading-2", "heading-3", "heading-4", "heading-5", "heading-6",
    "table-head", "table-line",
    "you", "you-rule", "claude", "draft", "draft-border", "note", "error", "card",
    "tool", "tool-use", "tool-result",
    "syntax-keyword", "syntax-name", "syntax-string", "syntax-number", "syntax-comment",
    "syntax-operator", "cursor", "cursor-blurred", "more",
)  # fmt: skip
"""The component classes of the pane, without their prefix."""


DECORATIONS: Final = frozenset(
    {"quote", "rule", "table-line", "you-rule", "draft-border", "cursor", "cursor-blurred", "card"}
)
"""Those that nothing has to be read in."""
LEAST_CONTRAST: Final = 4.5
"""Of text against what is behind it, in any theme."""
LEAST_OF_MARKS: Final = 3.0
"""Of lines, bars and frames."""


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
        """Give the style of text inside a block.

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


def build_palette(styles_of: Callable[[str], RenderStyles], background: Color) -> Palette:
    """Resolve every component class over `background`.

    Args:
        styles_of: Gives the styles of a component class.
        background: Opaque colour of what is behind.
    """
    resolved: dict[str, Style] = {}
    for name in NAMES:
        styles = styles_of(PREFIX + name)
        behind = background + styles.background
        color = styles.color
        if styles.auto_color:
            color = behind.get_contrast_text(color.a)
        color = behind + color
        color = readable(color, behind, LEAST_OF_MARKS if name in DECORATIONS else LEAST_CONTRAST)
        resolved[name] = styles.text_style + Style.from_color(color.rich_color, behind.rich_color)
    return Palette(resolved)


def readable(color: Color, behind: Color, least: float = LEAST_CONTRAST) -> Color:
    """Move a colour away from what is behind it until their contrast is at least `least`."""
    if color.ansi is not None or behind.ansi is not None:
        return color
    target = max(WHITE, BLACK, key=lambda end: contrast(end, behind))
    for _ in range(12):
        if contrast(color, behind) >= least:
            return color
        color = color.blend(target, 0.12)
    return target


def contrast(one: Color, other: Color) -> float:
    """Give the contrast ratio of two colours as WCAG defines it, from 1 to 21."""
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


def _luminance(color: Color) -> float:
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
