"""The editor beside a bare text area: what a key costs, and opening a long text.

Run it by hand: `python -m tests.bench.bench_editor`. It prints milliseconds of CPU of the event
loop, drawing included, for a text of 5,000 words and for one of 100 KB, and ends with 1 when a
limit is passed.
"""

import asyncio
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import thread_time
from typing import Final

from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import TextArea

from tests.ui.screens_host import Host
from tui.composition.collector import eased_collection, keep_what_is_there
from tui.domain.place import EditorModes
from tui.screens.draft_area import DraftArea
from tui.screens.editor import EditorScreen

KEYS: Final = 100
KEY, SLOW_KEY, OPEN = 8.0, 20.0, 150.0
"""Milliseconds: of a key in the middle, of one in twenty, and of opening 100 KB."""
SIZE: Final = (120, 40)
BETWEEN: Final = 0.04
"""Seconds between two keys: by then a key is drawn."""
OPENINGS: Final = 9


def text(words: int) -> str:
    """Return a Markdown text of so many words."""
    paragraph = "Words that **stand** for a `page` of [text](https://example.org), and *more*. "
    parts = [
        f"## Part {n}\n\n{paragraph * 6}\n\n- an item\n- another one" for n in range(words // 66)
    ]
    return "\n\n".join(parts)


class Bare(App[None]):
    """An app with nothing but a text area."""

    def __init__(self, given: str) -> None:
        super().__init__()
        self._given = given

    def compose(self) -> ComposeResult:
        """Compose the text area."""
        yield TextArea(self._given, soft_wrap=True)


@asynccontextmanager
async def bare(given: str) -> AsyncIterator[tuple[Pilot[None], TextArea]]:
    """Open a text in a bare text area."""
    app = Bare(given)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        yield pilot, app.query_one(TextArea)


@asynccontextmanager
async def editor(
    given: str, modes: EditorModes | None = None
) -> AsyncIterator[tuple[Pilot[None], TextArea]]:
    """Open a text in the editor."""
    modes = modes or EditorModes()
    app = Host(lambda: EditorScreen("T", given, words_before=0, modes=modes))
    async with app.run_test(size=SIZE) as pilot:
        while not isinstance(app.focused, DraftArea):
            await pilot.pause()
        yield pilot, app.screen.query_one(DraftArea)


async def keys(pilot: Pilot[None], area: TextArea) -> tuple[float, float]:
    """Return what a key costs in the middle, and what one in twenty costs at least.

    They are typed into a paragraph in the middle of the text, each drawn before the next one comes.
    """
    middle = area.document.line_count // 2
    longest = max(range(middle - 10, middle + 10), key=lambda at: len(area.document.get_line(at)))
    area.move_cursor((longest, 200))
    await pilot.pause(1)
    costs = []
    for number in range(KEYS):
        typed = "ab cd"[number % 5]
        begun = thread_time()
        pilot.app.post_message(events.Key("space" if typed == " " else typed, typed))
        await asyncio.sleep(BETWEEN)
        costs.append((thread_time() - begun) * 1000)
    return statistics.median(costs), statistics.quantiles(costs, n=20)[-1]


async def opened(given: str) -> float:
    """Return how many milliseconds it takes until a text is drawn in the editor."""
    begun = thread_time()
    async with editor(given) as (pilot, area):
        assert isinstance(area, DraftArea)
        while not area._kept._rows:
            await pilot.pause()
        return (thread_time() - begun) * 1000


async def opening(long: str) -> float:
    """Return how many milliseconds longer a long text takes than an empty one: the median."""
    await opened(long)
    return statistics.median([-await opened("") + await opened(long) for _ in range(OPENINGS)])


async def main() -> int:
    """Measure and print."""
    say, is_slow = sys.stdout.write, False
    page, long = text(5_000), (text(30_000))[:100_000]
    for name, how, given in (
        ("bare, 5,000 words", bare, page),
        ("editor, 5,000 words", editor, page),
        ("bare, 100 KB", bare, long),
        ("editor, 100 KB", editor, long),
    ):
        async with how(given) as (pilot, area):
            middle, slow = await keys(pilot, area)
        is_slow |= name == "editor, 5,000 words" and (middle > KEY or slow > SLOW_KEY)
        say(f"{name:<24} a key {middle:6.1f} ms, one in twenty {slow:6.1f} ms\n")
    async with editor(page, EditorModes(True, True)) as (pilot, area):
        middle, slow = await keys(pilot, area)
    say(f"{'focus and typewriter':<24} a key {middle:6.1f} ms, one in twenty {slow:6.1f} ms\n")
    more = await opening(long)
    is_slow |= more > OPEN
    say(f"opening 100 KB takes {more:.0f} ms more than an empty text\n")
    say("slower than the limits\n" if is_slow else "within the limits\n")
    return is_slow


if __name__ == "__main__":
    with eased_collection():
        keep_what_is_there()
        sys.exit(asyncio.run(main()))
