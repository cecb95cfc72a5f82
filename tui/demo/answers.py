"""Answers of a writer: blocks of text, tool calls, and blocks that are sent unchanged."""

import json
from collections.abc import Mapping
from dataclasses import field, replace

from tui.domain.frozen import frozen


@frozen
class ToolCall:
    """A tool the client is asked to run; the wire gives it an id."""

    name: str
    input: Mapping[str, object] = field(default_factory=dict)

    @property
    def json(self) -> str:
        """The input as JSON text, which is streamed in parts."""
        return json.dumps(dict(self.input), ensure_ascii=False)


@frozen
class ReadyBlock:
    """A content block that is sent whole, as a server-side tool's result is."""

    content: Mapping[str, object]


Block = str | ToolCall | ReadyBlock


@frozen
class Answer:
    """One answer: its content blocks, in order."""

    blocks: tuple[Block, ...]
    words_per_second: float | None = None
    """Words streamed per second; None for the server's pace."""

    @classmethod
    def of(cls, *blocks: Block) -> "Answer":
        """Make an answer of blocks."""
        return cls(blocks)

    def without(self, beginning: str) -> "Answer":
        """Return the answer without its first block where the client has that text already."""
        if beginning and self.blocks[0] == beginning and len(self.blocks) > 1:
            return replace(self, blocks=self.blocks[1:])
        return self

    @property
    def text(self) -> str:
        """All text of the answer."""
        return "".join(block for block in self.blocks if isinstance(block, str))

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The tools that the client is asked to run."""
        return tuple(block for block in self.blocks if isinstance(block, ToolCall))

    @property
    def stop_reason(self) -> str:
        """The API's name for why the answer ended."""
        return "tool_use" if self.calls else "end_turn"
