"""A Markdown text as a list of blocks, just enough of it for changing one place and no other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[.!?][\"”’)*_])\s+")


def to_blocks(text: str) -> list[str]:
    """Blocks between blank lines; a fenced block stays whole; a heading is a block of its own."""
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
    """The text of blocks."""
    return "\n\n".join(blocks)


def kind_of(block: str) -> str:
    """heading, list, quote, table, fence or paragraph."""
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
    """Sentences, near enough."""
    return [sentence for sentence in _SENTENCE_END.split(paragraph) if sentence.strip()]


def items_of(block: str) -> list[str]:
    """A list's items, their marks and continuation lines included."""
    items: list[str] = []
    for line in block.split("\n"):
        if _LIST_ITEM.match(line) or not items:
            items.append(line)
        else:
            items[-1] += "\n" + line
    return items


def item_text(item: str) -> str:
    """An item without its mark."""
    return _LIST_ITEM.sub("", item, count=1).strip()


def places(blocks: Sequence[str], kind: str) -> list[int]:
    """Positions of all blocks of a kind."""
    return [at for at, block in enumerate(blocks) if kind_of(block) == kind]


def without_orphans(blocks: Sequence[str]) -> list[str]:
    """Blocks without section headings that have lost everything under them."""
    kept: list[str] = []
    for block in reversed(blocks):
        if kind_of(block) == "heading" and block.lstrip().startswith("##"):
            if not kept:
                continue
            below = kept[-1].lstrip()
            level = len(block.lstrip()) - len(block.lstrip().lstrip("#"))
            if kind_of(below) == "heading" and len(below) - len(below.lstrip("#")) <= level:
                continue
        kept.append(block)
    return kept[::-1]


def unwrap(text: str) -> str:
    """Join lines that were only wrapped: every paragraph, item and quote on a line of its own."""
    blocks = []
    for block in to_blocks(text):
        lines = block.split("\n")
        kind = kind_of(block)
        joined = [lines[0]]
        for line in lines[1:]:
            if kind == "list" and _LIST_ITEM.match(line):
                joined.append(line)
            else:
                joined[-1] += " " + line.lstrip("> " if kind == "quote" else " ")
        blocks.append("\n".join(joined))
    return to_text(blocks)
