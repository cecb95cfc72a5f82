"""An answer on its way to the reader: as it streams, or each message when it is whole."""

from collections.abc import Callable
from dataclasses import replace

from tui.domain.events import (
    AnswerRestarted,
    Event,
    MessageCommitted,
    TextStreamed,
    ToolEnded,
    ToolStarted,
)
from tui.domain.tools import ToolUse, describe_use_briefly
from tui.domain.words import capitalized

AGAIN = "\n\n[The connection broke; Claude's answer begins again.]\n\n"
"""Printed between text that was taken back and the text that replaces it."""


class StreamedAnswer:
    """Shows every piece as it comes, and says where text that is printed was taken back."""

    def __init__(
        self, show: Callable[[str], None] | None, report: Callable[[str], None] | None = None
    ) -> None:
        """Give the answer to `show`, and to `report` one line for each tool that Claude used."""
        self._show = show
        self._report = report
        self._tools: dict[str, ToolUse] = {}
        self._is_apart = False
        """Whether a tool was used since the last text: the next begins a paragraph."""
        self._preview = ""
        """Text shown since the last whole message."""
        self._is_taken_back = False
        self._is_line_open = False

    def take(self, event: Event) -> None:
        """Show what an event brings."""
        match event:
            case TextStreamed(text):
                self._start_over_if_taken_back()
                self._preview += text
                self._put_apart(text)
            case AnswerRestarted():
                self._is_taken_back = bool(self._preview)
            case MessageCommitted(_, text):
                if not text.startswith(self._preview):
                    self._is_taken_back = True
                self._start_over_if_taken_back()
                self._put_apart(text[len(self._preview) :])
                self._preview = ""
            case ToolStarted(tool_id, name, subject):
                self._tools[tool_id] = ToolUse(tool_id, name, subject)
                self._is_apart = True
            case ToolEnded(tool_id, state) if tool_id in self._tools and self._report is not None:
                self._report(
                    capitalized(describe_use_briefly(replace(self._tools[tool_id], state=state)))
                )
            case _:
                return

    def finish(self) -> None:
        """End the last line."""
        if self._is_line_open:
            self._put("\n")

    def _start_over_if_taken_back(self) -> None:
        if self._is_taken_back:
            self._put(AGAIN)
            self._preview = ""
            self._is_taken_back = False

    def _put_apart(self, text: str) -> None:
        if text and self._is_apart:
            self._is_apart = False
            if self._is_line_open:
                self._put("\n\n")
        self._put(text)

    def _put(self, text: str) -> None:
        if text:
            self._is_line_open = not text.endswith("\n")
            if self._show is not None:
                self._show(text)


class WholeAnswer(StreamedAnswer):
    """Shows whole messages only: a file or a pipe gets nothing that is taken back later."""

    def take(self, event: Event) -> None:
        """Show what an event brings, if it counts for good."""
        if isinstance(event, MessageCommitted | ToolStarted | ToolEnded):
            super().take(event)
