"""Frames that are drawn when someone looks: nobody sees the terminal of an app under test."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary, WeakSet

import pytest
from rich.console import RenderableType
from rich.segment import Segment
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.cache import FIFOCache
from textual.geometry import Region
from textual.pilot import Pilot
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen
from textual.strip import Strip

_draw = Compositor.render_update
_pause = Pilot.pause
_post_mouse_events = Pilot._post_mouse_events
_clicking: WeakSet[Pilot[Any]] = WeakSet()
"""Those in the middle of a click: press, release and click follow one another as from a mouse, each
as soon as the one before has been read, and what comes of them is waited for at the end."""
_seen: WeakKeyDictionary[Compositor, str] = WeakKeyDictionary()
"""What is on each screen, while nothing has changed since the last look."""
_Row = list[tuple[int, int, Strip]]
"""What lies over one another in a row, from front to back: first column, end, cells."""


class _Look(NamedTuple):
    """What was seen at the last look: most rows are the same at the next."""

    width: int
    rows: list[_Row]
    texts: list[str]


_rows: WeakKeyDictionary[Compositor, _Look] = WeakKeyDictionary()


def draw_when_looked_at() -> None:
    """Leave out the frames between two looks.

    Textual draws up to 60 frames a second, and throws them away where there is no terminal: a
    third of what an app costs in a test. A look is a read of the screen's text, a picture, and a
    pause without a time, which is every press of a pilot. What lies behind a dialog was looked at
    before it came, and is not drawn again for each look at the dialog.
    """
    Compositor.render_update = _put_off  # type: ignore[method-assign,assignment]
    Pilot.pause = _pause_and_draw  # type: ignore[method-assign]
    Pilot._post_mouse_events = _click_at_once  # type: ignore[method-assign]
    BackgroundScreen.__rich_console__ = _nothing_behind  # type: ignore[method-assign,assignment]
    Strip.__init__ = _without_caches  # type: ignore[method-assign]


def draw_every_frame(patch: pytest.MonkeyPatch) -> None:
    """Have what Textual sends to a terminal drawn and sent again, for a test of just that."""
    patch.setattr(Compositor, "render_update", _draw)
    patch.setattr(Pilot, "pause", _pause)


def text_of(screen: Screen[Any]) -> str:
    """Return what is on a screen, as lines of text; drawn only when something changed."""
    compositor = screen._compositor
    pending = screen._dirty_widgets or screen._layout_required or screen._repaint_required
    if pending or compositor._dirty_regions or compositor not in _seen:
        _look_at(compositor)
    return _seen[compositor]


def draw_now(screen: Screen[Any]) -> None:
    """Have the widgets of a screen draw what has changed since it was last drawn."""
    compositor = screen._compositor
    if dirty := compositor._dirty_regions:
        visible_screen_stack.set(screen.app._background_screens)
        region = Region.from_union([*dirty])
        dirty.clear()
        for _ in compositor._get_renders(region):
            pass
        _seen.pop(compositor, None)


def _look_at(compositor: Compositor) -> None:
    """Have every widget on a screen draw its rows, and keep their text.

    What Textual does besides, cutting the styled rows of all widgets into one another, is most of
    a frame in which little has changed.
    """
    compositor._dirty_regions.clear()
    rows: list[_Row] = [[] for _ in range(compositor.size.height)]
    # From front to back.
    for region, clip, strips in compositor._get_renders():
        shown = region.intersection(clip)
        if not shown.width:
            continue
        for y, strip in zip(shown.line_range, strips, strict=False):
            if 0 <= y < len(rows):
                rows[y].append((shown.x, shown.right, strip))
    width = compositor.size.width
    last = _rows.get(compositor)
    known = last.rows if last is not None and last.width == width else []
    texts = [
        last.texts[y]
        if last is not None and y < len(known) and known[y] == row
        else _text(row, width)
        for y, row in enumerate(rows)
    ]
    _rows[compositor] = _Look(width, rows, texts)
    _seen[compositor] = "\n".join(texts)


def _text(row: "_Row", width: int) -> str:
    """Return the text of a row of the screen, from what lies over one another there."""
    free = [(0, width)]
    parts: list[tuple[int, str]] = []
    for left, right, strip in row:
        if not free:
            break
        free = list(_covered(free, parts, left, right, strip))
    return "".join(text for _, text in sorted(parts)).rstrip()


def _covered(
    free: list[tuple[int, int]],
    parts: list[tuple[int, str]],
    first: int,
    stop: int,
    strip: Strip,
) -> Iterator[tuple[int, int]]:
    """Put a widget's row where nothing is before it; yield the spans that stay free."""
    stop = min(stop, first + strip.cell_length)
    for begin, end in free:
        left, right = max(begin, first), min(end, stop)
        if left >= right:
            yield begin, end
            continue
        parts.append((left, _cut(strip, left - first, right - first)))
        if begin < left:
            yield begin, left
        if right < end:
            yield right, end


def _cut(strip: Strip, begin: int, end: int) -> str:
    text = strip.text
    if len(text) == strip.cell_length:
        return text[begin:end]
    return strip.crop(begin, end).text


def _put_off(self: Compositor, full: bool = False, **named: Any) -> RenderableType | None:
    return _draw(self, full, **named) if full else None


def _nothing_behind(_self: BackgroundScreen, *_: object) -> Iterator[Segment]:
    yield Segment("")


class _Nothing(FIFOCache[Any, Any]):
    """A cache that keeps nothing."""

    def __setitem__(self, key: Any, value: Any) -> None: ...


_NOTHING: Final = _Nothing(0)


def _without_caches(
    self: Strip, segments: Iterable[Segment], cell_length: int | None = None
) -> None:
    """Make a row of cells that keeps only how it looks once filtered, and not how it is cut.

    Textual makes seven caches for each row, which is most of what a row costs to make; in a test
    few rows are cut twice.
    """
    self._segments = list(segments)
    self._cell_length = cell_length
    self._filter_cache = FIFOCache(4)
    self._divide_cache = self._crop_cache = self._style_cache = _NOTHING
    self._line_length_cache = self._crop_extend_cache = self._offsets_cache = _NOTHING
    self._render_cache = self._link_ids = self._cell_count = None


async def _pause_and_draw(self: Pilot[Any], delay: float | None = None) -> None:
    if delay is None and self in _clicking:
        await self._wait_for_screen()
        return
    await _pause(self, delay)
    if delay is None:
        draw_now(self.app.screen)


async def _click_at_once(self: Pilot[Any], *args: Any, **named: Any) -> bool:
    _clicking.add(self)
    try:
        done = await _post_mouse_events(self, *args, **named)
    finally:
        _clicking.discard(self)
    await self.pause()
    return done
