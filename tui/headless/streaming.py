"""An answer on its way to the reader: as it streams, or each message when it is whole."""

from collections.abc import Callable

from tui.domain.events import AnswerRestarted, Event, MessageCommitted, TextStreamed

AGAIN = "\n\n[The connection broke; Claude's answer begins again.]\n\n"
"""Said between a piece of an answer that counts no more and the answer that does."""


class StreamedAnswer:
    """Shows every piece as it comes; what was taken back is told, for it cannot be unprinted."""

    def __init__(self, show: Callable[[str], None] | None) -> None:
        self._show = show
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
                self._put(text)
            case AnswerRestarted():
                self._is_taken_back = bool(self._preview)
            case MessageCommitted(_, text):
                if not text.startswith(self._preview):
                    self._is_taken_back = True
                self._start_over_if_taken_back()
                self._put(text[len(self._preview) :])
                self._preview = ""
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

    def _put(self, text: str) -> None:
        if text:
            self._is_line_open = not text.endswith("\n")
            if self._show is not None:
                self._show(text)


class WholeAnswer(StreamedAnswer):
    """Shows whole messages only: what stands in a file or goes through a pipe is the answer."""

    def take(self, event: Event) -> None:
        """Show what an event brings, if it is a message that counts."""
        if isinstance(event, MessageCommitted):
            super().take(event)
