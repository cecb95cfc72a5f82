"""The links in a reply, for those who go to them by key."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_BARE: Final = re.compile(r"""\bhttps?://[^\s<>"`\\^{}|]+""")
_AFTER: Final = ".,;:!?'*_~…"
"""Ends a sentence rather than an address."""


@lru_cache(maxsize=16)
def links_in(text: str) -> tuple[str, ...]:
    """Return the addresses that a Markdown text links to, each once, in order.

    Marked links and images with a scheme (`https:`, `mailto:` …), and web addresses written out in
    prose; nothing in code. They are untrusted. A text of 100 KB takes about
    0.1 s the first time; the last few are remembered, since a footer asks again and again.
    """
    if ":" not in text:
        return ()
    return tuple(dict.fromkeys(_found(_parser().parse(text))))


@cache
def _parser() -> "MarkdownIt":
    # Loaded when links are asked for, not on the way to the first frame.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    return MarkdownIt("commonmark", {"html": False, "maxNesting": 200}).enable(["table"])


def _found(blocks: "Sequence[Token]") -> Iterator[str]:
    for block in blocks:
        is_linked = False
        for token in block.children or ():
            address = str(token.attrGet("href") or token.attrGet("src") or "")
            if _SCHEME.match(address):
                yield address
            if token.type in ("link_open", "link_close"):
                is_linked = token.nesting > 0
            elif token.type == "text" and not is_linked:
                yield from map(_trimmed, _BARE.findall(token.content))


def _trimmed(address: str) -> str:
    """Take off what belongs to the sentence: a full stop, a bracket that was opened before."""
    while address[-1:] and (address[-1] in _AFTER or _is_outer(address)):
        address = address[:-1]
    return address


def _is_outer(address: str) -> bool:
    """Whether an address ends with a bracket that does not begin in it."""
    opened = {")": "(", "]": "["}.get(address[-1], "")
    return bool(opened) and address.count(address[-1]) > address.count(opened)
