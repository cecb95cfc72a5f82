"""The looks of the chat: every colour comes from the active theme.

These are no component classes. Textual resolves those of a widget each time the focus comes or
goes, which takes 9 ms for as many as the chat has; these are resolved when the theme changes.
"""

from collections.abc import Mapping
from typing import Final

from tui.domain.frozen import frozen

CHAT_CSS: Final = """
ChatPane {
    background: $background;
    color: $foreground;
    overflow-x: hidden;
    overflow-y: auto;
    scrollbar-gutter: stable;
    scrollbar-size-vertical: 1;
}
"""


@frozen
class Tone:
    """How one kind of text is drawn."""

    color: str
    """Name of a variable of the theme, and its opacity in percent when it is not whole."""
    text_style: str = ""
    """In Rich's words: `bold underline`."""
    ground: str = ""
    """What is behind it, in the same form as the colour; nothing of its own when empty."""


TONES: Final[Mapping[str, Tone]] = {
    "text": Tone("foreground"),
    "link": Tone("text-primary"),
    "code": Tone("text-accent", ground="foreground 8"),
    "code-block": Tone("foreground", ground="foreground 6"),
    "quote": Tone("text-secondary 70"),
    "rule": Tone("foreground 25"),
    "bullet": Tone("text-secondary"),
    "activity": Tone("text-warning", "italic"),
    "heading-1": Tone("text-primary", "bold underline"),
    "heading-2": Tone("text-primary", "bold"),
    "heading-3": Tone("text-secondary", "bold"),
    "heading-4": Tone("foreground", "bold"),
    "heading-5": Tone("foreground 80", "bold italic"),
    "heading-6": Tone("foreground 70", "italic"),
    "table-head": Tone("foreground", "bold"),
    "table-line": Tone("foreground 30"),
    "you": Tone("text-accent 80", "bold"),
    "you-rule": Tone("accent 50"),
    "claude": Tone("text-primary", "bold"),
    "draft": Tone("text-secondary", "bold"),
    "draft-border": Tone("foreground 35"),
    "tool": Tone("foreground 65"),
    "tool-use": Tone("foreground 90"),
    "tool-result": Tone("foreground 55"),
    "note": Tone("foreground 60"),
    "error": Tone("text-error"),
    "card": Tone("foreground", ground="surface"),
    "syntax-keyword": Tone("text-primary", "bold"),
    "syntax-name": Tone("text-secondary"),
    "syntax-string": Tone("text-success"),
    "syntax-number": Tone("text-warning"),
    "syntax-comment": Tone("foreground 55", "italic"),
    "syntax-operator": Tone("foreground 75"),
    "found": Tone("text-warning", "bold", ground="warning 25"),
    "more": Tone("text-primary", "bold", ground="panel"),
    "cursor": Tone("accent"),
    "cursor-blurred": Tone("accent 40"),
}
