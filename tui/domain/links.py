"""The links in a reply, which keys can open."""

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
"""Characters at the end of an address that belong to the sentence around it."""


@lru_cache(maxsize=16)
def links_in(text: str) -> tuple[str, ...]:
    """Return the addresses that a Markdown text links to, each once, in order.

    Found are Markdown links and images with a scheme (`https:`, `mailto:` …), and web addresses in
    prose; code is skipped. Addresses are untrusted. A text of 100 KB takes about 0.1 s; the results
    for the last few texts are cached, since the bottom line asks again and again.
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
    """Return an address without the end that belongs to the sentence: a full stop, a bracket."""
    while address[-1:] and (address[-1] in _AFTER or _is_outer(address)):
        address = address[:-1]
    return address


def _is_outer(address: str) -> bool:
    """Whether an address ends with a closing bracket that it does not open."""
    opened = {")": "(", "]": "["}.get(address[-1], "")
    return bool(opened) and address.count(address[-1]) > address.count(opened)
