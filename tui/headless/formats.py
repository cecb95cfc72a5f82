"""A draft in other forms: a web page, text without marks, everything as JSON."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tui.domain.content import Content
from tui.headless.shapes import whole_json

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_BREAKS: Final = frozenset({"softbreak", "hardbreak"})
_VERBATIM: Final = frozenset({"fence", "code_block"})
_BLOCK_ENDS: Final = frozenset({"paragraph_close", "heading_close", "tr_close"})
_LIST_STARTS: Final = frozenset({"bullet_list_open", "ordered_list_open"})
_LIST_ENDS: Final = frozenset({"bullet_list_close", "ordered_list_close"})


class TextFormat(StrEnum):
    """The form of an export."""

    MARKDOWN = "md"
    HTML = "html"
    PLAIN = "txt"
    JSON = "json"


def as_json_text(content: Content) -> str:
    """Return everything of a content as JSON."""
    return json.dumps(whole_json(content), ensure_ascii=False, indent=2) + "\n"


def as_html(title: str, markdown: str) -> str:
    """Return a draft as one web page; HTML in the draft is shown, not obeyed."""
    from html import escape  # noqa: PLC0415 (only an export pays for its import)

    return (
        '<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n</head>\n<body>\n"
        f"{_parser().render(markdown)}</body>\n</html>\n"
    )


def as_plain_text(markdown: str) -> str:
    """Return a draft without Markdown's marks: paragraphs apart, lists with dashes or numbers."""
    blocks: list[str] = []
    lists: list[int | None] = []
    text = mark = ""
    for token in _parser().parse(markdown):
        if token.type == "inline":
            text += "".join(
                "\n" if child.type in _BREAKS else child.content for child in token.children or []
            )
        elif token.type in _VERBATIM:
            blocks.append(token.content.rstrip("\n"))
        elif token.type == "hr":
            blocks.append("* * *")
        elif token.type in _LIST_STARTS:
            is_ordered = token.type == "ordered_list_open"
            lists.append(int(token.attrGet("start") or 1) if is_ordered else None)
        elif token.type in _LIST_ENDS:
            lists.pop()
        elif token.type == "list_item_open":
            number = lists[-1]
            mark = "- " if number is None else f"{number}. "
            lists[-1] = None if number is None else number + 1
        elif token.type in {"th_close", "td_close"}:
            text += "\t"
        elif token.type in _BLOCK_ENDS:
            indent = "  " * max(0, len(lists) - 1) + (mark or "  " * bool(lists))
            blocks.append(indent + text.rstrip("\t"))
            text = mark = ""
    return "\n\n".join(blocks) + "\n"


def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 (only an export pays for its import)

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
