"""Markdown source to a small tree of nodes: CommonMark with tables and strikethrough, no HTML."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

References = dict[str, dict[str, Any]]
"""Link definitions by normalised label, as markdown-it keeps them."""


class Node:
    """One element of a document with the lines it spans.

    `kind` is markdown-it's token type without its `_open`; `begin` and `end` are line numbers
    (end exclusive) in the parsed source.
    """

    __slots__ = ("begin", "children", "end", "kind", "token")

    def __init__(self, kind: str, token: "Token | None", begin: int, end: int) -> None:
        self.kind = kind
        self.token = token
        self.begin = begin
        self.end = end
        self.children: list[Node] = []

    def inline_tokens(self) -> "list[Token]":
        """Return the inline tokens of a paragraph, heading or table cell."""
        for child in self.children:
            if child.kind == "inline" and child.token is not None:
                return child.token.children or []
        return []


@cache
def _parser(*, is_block_only: bool) -> "MarkdownIt":
    """Build the parser once; the block-only one leaves the text of paragraphs alone."""
    # Loaded with the first text that is shown, not on the way to the first frame.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 200})
    parser.enable(["table", "strikethrough"])
    if is_block_only:
        parser.disable(["inline", "text_join"])
    return parser


def _tree(tokens: "Iterable[Token]") -> Node:
    """Nest a flat list of tokens under one root."""
    root = Node("root", None, 0, 0)
    stack = [root]
    for token in tokens:
        if token.nesting < 0:
            stack.pop()
            continue
        begin, end = token.map or (stack[-1].begin, stack[-1].end)
        node = Node(token.type.removesuffix("_open"), token, begin, end)
        stack[-1].children.append(node)
        if token.nesting > 0:
            stack.append(node)
    return root


def parse_blocks(source: str, references: References) -> Node:
    """Parse the block structure only; definitions found are added to `references`."""
    root = _tree(_parser(is_block_only=True).parse(source, {"references": references}))
    for definition in references.values():
        # Line numbers mean nothing outside this source, and would make equal ones differ.
        definition.pop("map", None)
    return root


def parse_document(source: str, references: References) -> Node:
    """Parse blocks and the text in them; `references` is used and left unchanged."""
    return _tree(_parser(is_block_only=False).parse(source, {"references": dict(references)}))


def is_loose(items: Node) -> bool:
    """Return whether a list is loose: blank lines between its items or between their blocks."""
    return any(
        child.kind == "paragraph" and child.token is not None and not child.token.hidden
        for item in items.children
        for child in item.children
    )
