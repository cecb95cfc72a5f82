"""A Markdown text as a list of blocks, so that one block can be changed and no other."""

import re
from collections.abc import Sequence

_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[.!?][\"”’)*_])\s+")


def to_blocks(text: str) -> list[str]:
    """Return the blocks between blank lines; a heading is a block of its own, code is one block."""
    blocks: list[str] = []
    lines: list[str] = []
    is_fenced = False

    def close() -> None:
        if lines:
            blocks.append("\n".join(lines))
            lines.clear()

    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            is_fenced = not is_fenced
        if not is_fenced and not line.strip():
            close()
        elif not is_fenced and kind_of(line) == "heading":
            close()
            blocks.append(line)
        else:
            lines.append(line)
    close()
    return blocks


def to_text(blocks: Sequence[str]) -> str:
    """Return the text of blocks."""
    return "\n\n".join(blocks)


def kind_of(block: str) -> str:
    """Return the kind of a block: heading, list, quote, table, fence or paragraph."""
    start = block.lstrip()
    if re.match(r"#{1,6}\s", start):
        return "heading"
    if _LIST_ITEM.match(start):
        return "list"
    for mark, kind in ((">", "quote"), ("|", "table"), ("```", "fence")):
        if start.startswith(mark):
            return kind
    return "paragraph"


def sentences_of(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph, approximately."""
    return [sentence for sentence in _SENTENCE_END.split(paragraph) if sentence.strip()]
