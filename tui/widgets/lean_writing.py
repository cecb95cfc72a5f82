"""Writing to the terminal only the cells that differ from what it shows.

Textual writes every row that a widget asked to have drawn again, each of its segments with its
whole style. Here a row is compared with what was written there before: cells that look the same are
skipped, and of a style only what differs from the one before it is written.

This is the one place that stands between Textual's compositor and its driver. It overrides
`App._display`, and reads `ChopsUpdate` and `LayoutUpdate` as Textual 8.2.8 makes them; an update of
another kind is written as it is. `tests/ui/test_lean_writing.py` fails when Textual changes them.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple, cast

from rich.color import ColorSystem
from rich.console import Console, RenderableType
from textual import events
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip

from tui.domain.frozen import frozen

NEAR: Final = 8
"""Number of equal cells that are written rather than skipped: to skip them costs as much."""
RESET: Final = "\x1b[0m"

_ONE_CELL = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u25fc]*"
)
"""Text of which every character takes one cell; all other rows are written whole."""


class Written(NamedTuple):
    """A strip that stands on the terminal."""

    strip: Strip
    text: str
    """One character for each cell; empty when some take no cell or two."""
    styles: list[str]
    """The parameters of the style of each cell."""
    runs: list[tuple[int, int, str]]
    """The same as stretches: first cell, the one after the last, parameters."""
    cells: int


class TerminalRows:
    """What stands on the terminal: strips by row and column."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, Written]] = {}
        self._size = Size()
        """Of the last whole frame, in cells."""

    def forget(self) -> None:
        """Forget all rows: the terminal was resized, or another program wrote on it."""
        self._rows.clear()

    def updated(self, update: ChopsUpdate | LayoutUpdate, console: Console) -> str:
        """Return the output that brings the terminal up to date, and note it as written."""
        if isinstance(update, LayoutUpdate) and update.region.size != self._size:
            # A frame of the size before may have been written after the terminal had the new one.
            self._size = update.region.size
            self.forget()
        pen, spilt = _Pen(), -1
        # A row that was scrolled is the same strip as before, elsewhere.
        known = {id(one.strip): one for row in self._rows.values() for one in row.values()}
        for y, x, strip in _strips_of(update):
            row = self._rows.setdefault(y, {})
            before = row.get(x)
            if spilt == y:
                before = None
            if before is not None and before.strip is strip:
                continue
            if not strip.cell_length:
                continue  # What is hidden behind a neighbour takes no room.
            written = known.get(id(strip)) or _written(strip, console)
            if not written.text or (before is not None and not before.text):
                # A terminal may count its cells otherwise: what is right of it is written anew.
                spilt = y
            if written.text:
                for start, end in _changed(before, written):
                    pen.write(x, y, written, start, end)
            else:
                pen.write_plain(x, y, strip.render(console))
            end = x + written.cells
            for other in [at for at, one in row.items() if at < end and at + one.cells > x]:
                del row[other]
            row[x] = written
        return pen.finished()


def _strips_of(update: ChopsUpdate | LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield the strips of an update: row, column, strip; a cut could halve a letter."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, first, last in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if chop is not None and x < last and end > first:
                yield y, x, chop


def _written(strip: Strip, console: Console) -> Written:
    text, cells = strip.text, strip.cell_length
    styles: list[str] = []
    runs: list[tuple[int, int, str]] = []
    if len(text) != cells or not _ONE_CELL.fullmatch(text):
        return Written(strip, "", styles, runs, cells)
    system = console._color_system  # noqa: SLF001 (as `Strip.render` does)
    for part, style, _ in strip:
        if style is not None and style.link:
            return Written(strip, "", [], [], cells)
        look = "" if style is None else style._ansi  # noqa: SLF001
        if look is None:
            assert style is not None
            look = Strip.render_ansi(style, system or ColorSystem.TRUECOLOR)
        start = len(styles)
        styles += [look] * len(part)
        runs.append((start, len(styles), look))
    return Written(strip, text, styles, runs, cells)


def _changed(before: Written | None, now: Written) -> Iterator[tuple[int, int]]:
    """Yield the stretches of cells that differ, those near each other as one."""
    if before is None or len(before.text) != len(now.text):
        yield 0, len(now.text)
        return
    cells = zip(before.text, now.text, before.styles, now.styles, strict=True)
    differing = [
        index
        for index, (old, new, old_look, new_look) in enumerate(cells)
        if old != new or old_look != new_look
    ]
    if not differing:
        return
    start = last = differing[0]
    for index in differing:
        if index > last + NEAR:
            yield start, last + 1
            start = index
        last = index
    yield start, last + 1


class _Pen:
    """Collects output, and knows the style that it ends with."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._look = ""

    def write(self, x: int, y: int, row: Written, start: int, end: int) -> None:
        """Write some cells of a strip that begins at `x`."""
        parts = self._parts
        parts.append(f"\x1b[{y + 1};{x + start + 1}H")
        for first, last, look in row.runs:
            first, last = max(first, start), min(last, end)  # noqa: PLW2901
            if first < last:
                if look != self._look:
                    parts.append(_change(self._look, look))
                    self._look = look
                parts.append(row.text[first:last])

    def write_plain(self, x: int, y: int, rendered: str) -> None:
        """Write a strip as Textual renders it: its styles are reset behind it."""
        self._parts += (RESET if self._look else "", f"\x1b[{y + 1};{x + 1}H", rendered)
        self._look = ""

    def finished(self) -> str:
        """Return the output, with the style reset at its end."""
        return "".join([*self._parts, RESET if self._look else ""])


@frozen
class _Look:
    attributes: frozenset[str]
    foreground: str
    background: str


@lru_cache(maxsize=4096)
def _look(parameters: str) -> _Look:
    """Divide the parameters of a style."""
    fields = iter(parameters.split(";") if parameters else ())
    attributes: set[str] = set()
    foreground = background = ""
    for one in fields:
        if one in {"38", "48"}:
            kind = next(fields)
            colour = ";".join([one, kind, *(next(fields) for _ in range(3 if kind == "2" else 1))])
        else:
            colour = one
        number = int(one)
        if one == "38" or 30 <= number <= 39 or 90 <= number <= 97:
            foreground = colour
        elif one == "48" or 40 <= number <= 49 or 100 <= number <= 107:
            background = colour
        else:
            attributes.add(one)
    return _Look(frozenset(attributes), foreground, background)


@lru_cache(maxsize=16384)
def _change(before: str, after: str) -> str:
    """Return the escape sequence that changes one style into another."""
    old, new = _look(before), _look(after)
    if not old.attributes <= new.attributes or not after:
        return f"\x1b[0;{after}m" if after else RESET
    changes: Iterable[str] = sorted(new.attributes - old.attributes)
    if new.foreground != old.foreground:
        changes = [*changes, new.foreground or "39"]
    if new.background != old.background:
        changes = [*changes, new.background or "49"]
    return f"\x1b[{';'.join(changes)}m" if changes else ""


class _LeanUpdate(CompositorUpdate):
    """An update of Textual's that writes only the cells that differ."""

    def __init__(self, update: ChopsUpdate | LayoutUpdate, rows: TerminalRows) -> None:
        self._update = update
        self._rows = rows

    def render_segments(self, console: Console) -> str:
        """Return the output, and note it as written: Textual writes it now."""
        return self._rows.updated(self._update, console)


class LeanWritingApp(App[None]):
    """An app that writes to its terminal only the cells that differ."""

    def __init__(self) -> None:
        super().__init__()
        self._terminal_rows = TerminalRows()

    def on_mount(self) -> None:
        """Forget the rows after another program had the terminal."""
        self.app_resume_signal.subscribe(self, lambda _: self._terminal_rows.forget())

    async def on_event(self, event: events.Event) -> None:
        """Forget the rows when the terminal changes its size, which may wrap them."""
        if isinstance(event, events.Resize):
            self._terminal_rows.forget()
        await super().on_event(event)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, ChopsUpdate | LayoutUpdate):
            lean: object = _LeanUpdate(renderable, self._terminal_rows)
            super()._display(screen, cast("RenderableType", lean))
            return
        if renderable is not None:
            self._terminal_rows.forget()
        super()._display(screen, renderable)
