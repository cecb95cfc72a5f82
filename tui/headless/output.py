"""Where a command's answers go: exact text into a pipe, harmless text onto a terminal."""

import json
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Collection, Sequence
from typing import BinaryIO, Final, Self, TextIO

from tui.domain.errors import RedraftError
from tui.domain.plain import UNSHOWABLE
from tui.domain.plain import plain as domain_plain

_NARROWEST: Final = 12
"""Columns of a terminal below which a table is not cut any more."""
_GAP: Final = 2
"""Blanks between two columns of a table."""
_LEAST_OF_THE_LAST: Final = 20
"""Columns of a terminal that the last column of a table gets before others go."""
_UNSHOWABLE: Final = re.compile(f"[{UNSHOWABLE}]")


def plain(text: str) -> str:
    """Return a text that cannot drive a terminal, with LF for CR LF; tabs stay."""
    return domain_plain(text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return a text on one line, safe to show."""
    return plain(" ".join(text.split()))


def cells(text: str) -> int:
    """Return how many columns a terminal gives to a line: wide characters take two, marks none."""
    return len(text) if text.isascii() else sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def fitted(text: str, width: int) -> str:
    """Return a line of at most `width` columns, ending in “…” when something was cut off."""
    if cells(text) <= width:
        return text
    kept, room = "", width - 1
    for character in text:
        room -= _cells(character)
        if room < 0:
            break
        kept += character
    return kept.rstrip() + "…" if width > 0 else ""


def padded(text: str, width: int) -> str:
    """Return a line filled up with blanks to `width` columns."""
    return text + " " * (width - cells(text))


def table(
    rows: Sequence[Sequence[str]],
    width: int | None,
    *,
    numbers: Collection[str] = (),
    spared: Sequence[str] = (),
) -> list[str]:
    """Return the lines of a table, of which the first row is the heading.

    A column whose heading is one of `numbers` stands at the right of its place. Lines are cut to
    `width` columns; None leaves them whole. The columns of `spared` are left out, one after the
    other, while too little of the last column would be left.
    """
    columns = [_column(texts, texts[0] in numbers) for texts in zip(*rows, strict=True)]
    if width is not None:
        for name in spared:
            before = sum(cells(column[0]) + _GAP for column in columns[:-1])
            if width - before >= min(_LEAST_OF_THE_LAST, cells(columns[-1][0])):
                break
            columns = [column for column in columns if column[0].strip() != name]
    lines = [(" " * _GAP).join(row).rstrip() for row in zip(*columns, strict=True)]
    return lines if width is None else [fitted(line, max(width, _NARROWEST)) for line in lines]


def _column(texts: Sequence[str], is_number: bool) -> list[str]:
    taken = [cells(text) for text in texts]
    width = max(taken)
    blanks = (" " * (width - size) for size in taken)
    pairs = zip(texts, blanks, strict=True)
    return [blank + text if is_number else text + blank for text, blank in pairs]


class Out:
    """A command's two streams: stdout for its result, stderr for everything else."""

    def __init__(
        self,
        result: BinaryIO,
        beside: BinaryIO,
        *,
        is_terminal: bool = False,
        encoding: str = "utf-8",
    ) -> None:
        self.is_terminal = is_terminal
        self._result = result
        self._beside = beside
        self._encoding = encoding
        self._is_gone = False
        self._is_at_line_start = True
        self._reported: set[str] = set()

    @classmethod
    def standard(cls) -> Self:
        """Return the one over this process's stdout and stderr."""
        return cls(
            _bytes_of(sys.stdout),
            _bytes_of(sys.stderr),
            is_terminal=sys.stdout is not None and sys.stdout.isatty(),
            encoding=(sys.stdout.encoding if sys.stdout is not None else None) or "utf-8",
        )

    @property
    def width(self) -> int | None:
        """Columns of the terminal; None when the result goes elsewhere, where nothing is cut."""
        return shutil.get_terminal_size().columns if self.is_terminal else None

    def text(self, text: str) -> None:
        """Write text: its exact bytes (UTF-8) into a pipe or a file, filtered onto a terminal."""
        if not text:
            return
        self._is_at_line_start = text.endswith("\n")
        if self.is_terminal:
            self._write(plain(text).encode(self._encoding, "replace"))
        else:
            self._write(text.encode("utf-8", "surrogatepass"))

    def line(self, text: str) -> None:
        """Write a line of Redraft's own, in which every foreign part has gone through `plain`."""
        self.text(text + "\n")

    def end_line(self) -> None:
        """Begin a new line unless the last text ended one."""
        if not self._is_at_line_start:
            self.text("\n")

    def json(self, value: object) -> None:
        """Write one JSON value; whatever could drive a terminal is escaped in it."""
        text = json.dumps(value, ensure_ascii=False, indent=2)
        text = _UNSHOWABLE.sub(lambda match: json.dumps(match[0])[1:-1], text)
        self._write(text.encode("utf-8") + b"\n")

    def report(self, sentence: str) -> None:
        """Write a sentence to stderr, as one line `redraft: …`."""
        self._reported.add(sentence)
        # On a terminal both streams share a line that an answer may have left open.
        start = "\n" if self.is_terminal and not self._is_at_line_start else ""
        self._is_at_line_start = self._is_at_line_start or self.is_terminal
        self._write_beside(f"{start}redraft: {one_line(sentence)}\n")

    def report_once(self, sentence: str) -> None:
        """Write a sentence to stderr, unless that was done before."""
        if sentence not in self._reported:
            self.report(sentence)

    def aside(self, text: str) -> None:
        """Write text to stderr as it comes."""
        self._write_beside(plain(text))

    def _write(self, data: bytes) -> None:
        if self._is_gone:
            return
        try:
            self._result.write(data)
            self._result.flush()
        except BrokenPipeError:
            # The reader closed the pipe, which is no error: a running turn goes on and is saved.
            self._is_gone = True
            _forget(self._result)
        except OSError as error:
            self._is_gone = True
            _forget(self._result)
            reason = error.strerror or type(error).__name__
            raise RedraftError(f"The output could not be written: {reason}.") from error

    def _write_beside(self, text: str) -> None:
        try:
            self._beside.write(text.encode("utf-8", "replace"))
            self._beside.flush()
        except OSError:
            _forget(self._beside)


def _bytes_of(stream: TextIO | None) -> BinaryIO:
    if stream is None:
        return open(os.devnull, "wb")  # noqa: PTH123 (closed with the process)
    return stream.buffer


def _forget(stream: BinaryIO) -> None:
    """Point a stream that can no longer be written at nothing, so that its end is quiet."""
    try:
        descriptor = stream.fileno()
    except OSError:
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)
