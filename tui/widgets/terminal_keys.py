"""Reading keys from terminals that send Escape as the first character of alt+letter.

Without the Kitty protocol, Escape and a letter that comes soon after it look like alt+letter, and
Textual reads them so; of Escape and a longer text that came in one piece it makes “^”. A writer who
presses Escape and types on wants both. With the protocol alt+letter comes as a sequence of its own,
which starts with Escape and a bracket, and is left alone.
"""

import os
import selectors
import time
from codecs import getincrementaldecoder
from collections.abc import Container, Generator, Iterable
from io import TextIOWrapper
from typing import Final, cast

from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui.widgets.hangup import UntilGone

ESCAPE: Final = "\x1b"
LOOK_EVERY: Final = 0.1
"""Seconds between looks whether the driver has to end, and whether an Escape stayed alone."""
READ: Final = 4096
"""Bytes read at once."""


class EscapeParser(XTermParser):
    """Textual's parser, for which an Escape and the plain text behind it are two things."""

    def __init__(self, alt_keys: Container[str] = (), *, debug: bool = False) -> None:
        """Begin; `alt_keys` are those that are wanted as such, like `alt+x`."""
        self._alt_keys = alt_keys
        self._alone_at: float | None = None
        """When an Escape that ended a read counts as alone."""
        self._pasted: list[str] | None = None
        """What came of a paste so far; the last part may be the first half of its end.

        None outside a paste. The parts are joined once: megabytes come in thousands of reads.
        """
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Yield what was typed; an Escape at the end waits for what belongs to it."""
        if self._alone_at is not None:
            self._alone_at = None
            if data[:1] in {"[", "O"} and len(data) > 1:
                data = ESCAPE + data
            else:
                yield _escape()
        if not data:
            yield from super().feed(data)
        while data:
            if self._pasted is not None:
                data = yield from self._paste(self._pasted, data)
            elif size := self._size_of_plain(data):
                yield from super().feed(data[:size])
                data = data[size:]
            elif data.startswith(BRACKETED_PASTE_START):
                self._pasted = [""]
                data = data.removeprefix(BRACKETED_PASTE_START)
            elif data == ESCAPE:
                self._alone_at = time.monotonic() + constants.ESCAPE_DELAY
                return
            elif data.startswith(ESCAPE + "\r"):
                yield events.Key("alt+enter", None)
                data = data[2:]
            else:
                yield _escape()
                data = data[1:]

    def tick(self) -> Iterable[Message]:
        """Yield an Escape to which nothing belonged, and what Textual waited for."""
        if self._alone_at is not None and time.monotonic() >= self._alone_at:
            self._alone_at = None
            yield _escape()
        yield from super().tick()

    def _paste(self, parts: list[str], data: str) -> Generator[Message, None, str]:
        """Go on with a paste of which `parts` have come; return what is behind it.

        Of an Escape in it, Textual would make keys.
        """
        text = parts.pop() + data
        end = text.find(BRACKETED_PASTE_END)
        if end < 0:
            half = len(BRACKETED_PASTE_END) - 1
            parts += text[:-half], text[-half:]
            return ""
        self._pasted = None
        whole = "".join((*parts, text[:end]))
        yield events.Paste(whole.replace("\0", "").replace(ESCAPE, ""))
        return text[end + len(BRACKETED_PASTE_END) :]

    def _size_of_plain(self, data: str) -> int:
        """Return how many characters to parse as they are; 0 at an Escape key or a paste."""
        start = data.find(ESCAPE)
        if start:
            return len(data) if start < 0 else start
        if data.startswith(BRACKETED_PASTE_START) or data == ESCAPE or self._is_alone(data):
            return 0
        end = data.find(ESCAPE, 1)
        return len(data) if end < 0 else end

    def _is_alone(self, data: str) -> bool:
        """Whether the Escape that `data` starts with is a key of its own."""
        second, third = data[1:2], data[2:3]
        if second == "[" or f"alt+{second}" in self._alt_keys:
            return False
        if second == "O":
            # Of the keypad's keys one comes at a time.
            is_text = third.islower() and data[3:4].isalpha()
            return bool(third) and (is_text or data[:3] not in ANSI_SEQUENCES_KEYS)
        is_sequence = data[:2] in ANSI_SEQUENCES_KEYS and second != ESCAPE
        # Option and an arrow key is Escape and “b” on a Mac; followed by a letter it was typed.
        return not is_sequence or (second.isprintable() and third.isalpha())


class KeysDriver(LinuxDriver):
    """Textual's driver with a parser that tells Escape from alt, and a file that may go."""

    def start_application_mode(self) -> None:
        """Take the terminal."""
        if self._file is not None and not isinstance(self._file, UntilGone):
            self._file = cast("TextIOWrapper", UntilGone(self._file))
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def run_input_thread(self) -> None:
        """Read and parse what is typed, until the driver ends."""
        wanted = getattr(self._app, "alt_keys", ())
        parser = EscapeParser(wanted, debug=self._debug)
        decode = getincrementaldecoder("utf-8")().decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            is_last = False
            while not is_last:
                is_last = self.exit_event.is_set()
                if selector.select(LOOK_EVERY):
                    text = decode(os.read(self.fileno, READ), final=is_last)
                    for event in parser.feed(text) if text else ():
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)


def _escape() -> events.Key:
    return events.Key("escape", ESCAPE)
