"""The text of a paragraph: markdown-it's inline tokens to runs of styled text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.widgets.chat.palette import Mark, Palette
from tui.widgets.chat.pieces import JOINT
from tui.widgets.chat.wrap import Run

if TYPE_CHECKING:
    from markdown_it.token import Token

_MARKS = {"strong": Mark.BOLD, "em": Mark.ITALIC, "s": Mark.STRIKE}
_TASKS = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


def inline_runs(tokens: "Sequence[Token]", palette: Palette, base: str = "text") -> list[Run]:
    """Style the inline tokens of one block.

    Args:
        tokens: Children of an inline token.
        palette: Colours and styles.
        base: Name of the style that everything starts from.

    Returns:
        Runs of text; a soft break is a space in it, a hard break a line end.
    """
    runs: list[Run] = []
    marks = Mark(0)
    links: list[str] = []
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        link = links[-1] if links else ""
        if name in _MARKS:
            marks = marks | _MARKS[name] if token.nesting > 0 else marks & ~_MARKS[name]
        elif name == "link" and token.nesting > 0:
            links.append(str(token.attrGet("href") or ""))
        elif name == "link":
            links.pop()
        elif name == "softbreak":
            runs.append((" ", palette.inline(base, marks, link)))
        elif name == "hardbreak":
            runs.append(("\n", palette.inline(base, marks, link)))
        elif name == "code_inline":
            runs.append((token.content, palette.inline(base, marks | Mark.CODE, link)))
        elif name == "image":
            source = str(token.attrGet("src") or "")
            text = token.content or source
            runs.append((f"[image: {text}]", palette.inline(base, marks, link or source)))
        elif token.content:
            runs.append((token.content, palette.inline(base, marks, link)))
    return [(text.replace(f"{JOINT} ", ""), style) for text, style in runs]


def take_task(runs: list[Run]) -> str:
    """Take the box of a task list off the first run, and give the sign for it, or ""."""
    if not runs:
        return ""
    text, style = runs[0]
    sign = _TASKS.get(text[:4], "")
    if sign:
        runs[0] = (text[4:], style)
    return sign


def plain_text(tokens: "Sequence[Token]") -> str:
    """Return the text of inline tokens as it will be shown, without styles."""
    return "".join(
        f"[image: {token.content}]"
        if token.type == "image"
        else token.content or " " * (token.type == "softbreak")
        for token in tokens
    )
