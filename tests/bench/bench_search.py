"""How long searches take: `python -m tests.bench.bench_search [PIECES] [TURNS]`.

By default 2,000 pieces of 4 turns, and one piece of 10,000 turns in another library. Times are the
median of seven, in milliseconds, of the whole call on a real library; a first search makes the
index. The bound of 50 is for a search in a library that did not change. `held` is the longest time
for which the event loop was held meanwhile.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.store.samples import MAIN, START, sample
from tests.ui.screens_host import Host, until
from tui.domain.content import Content, Turn, TurnKind, TurnState
from tui.domain.ids import ContentId, TurnId
from tui.domain.search import parse_search
from tui.screens.search import SearchScreen
from tui.store.library import TinyStore

BOUND: Final = 50.0
_chance: Final = random.Random(1)
_WORDS: Final = [
    "".join(_chance.choices("etaoinshrdlucmfwyp", k=_chance.randint(2, 9))) for _ in range(4_000)
]
_WEIGHTS: Final = [1 / place for place in range(1, 4_001)]
COMMON, RARE = "common", "unheardof"
QUERIES: Final = ("c", "co", COMMON, f"{COMMON} {_WORDS[9]}", RARE, "nowhereatall")


def text(count: int) -> str:
    """Return so many words, of which every fiftieth is the common one."""
    words = _chance.choices(_WORDS, _WEIGHTS, k=count)
    words[::50] = [COMMON] * len(words[::50])
    return " ".join(words)


def piece(name: str, count: int, words: int) -> Content:
    """Return a content with so many turns."""
    content = sample(name)
    turns = tuple(
        Turn(
            TurnId(f"{name}-{number}"),
            TurnKind.ASK,
            text(15),
            START,
            TurnState.FINISHED,
            START,
            text(words),
        )
        for number in range(count)
    )
    return replace(content, branches=(replace(content.branches[0], turns=turns),))


def with_rare_word(content: Content) -> Content:
    """A change: the last turn of the piece gets the rare word."""
    branch = content.branch(MAIN)
    last = replace(branch.turns[-1], reply=f"{text(50)} {RARE} {len(branch.turns[-1].reply)}")
    return replace(content, branches=(replace(branch, turns=(*branch.turns[:-1], last)),))


class Held:
    """Looks every millisecond how late the event loop is."""

    async def __aenter__(self) -> "Held":
        self.worst = 0.0
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _look(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            self.worst = max(self.worst, time.perf_counter() - before - 0.001)


async def timed(store: TinyStore, typed: str, only: ContentId | None = None) -> str:
    """Search once, and return a line that says how long it took."""
    async with Held() as held:
        began = time.perf_counter()
        hits = await store.search(parse_search(typed), only, 200)
        took = time.perf_counter() - began
    return f"{took * 1e3:9.1f} ms   held {held.worst * 1e3:6.1f} ms   {hits.total:7} hits"


async def median(store: TinyStore, typed: str) -> float:
    """Return the median time of seven searches."""
    times = []
    for _ in range(7):
        began = time.perf_counter()
        await store.search(parse_search(typed), None, 200)
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times)


async def typing(store: TinyStore) -> str:
    """Type a word into the search screen, and return how long the loop was held for its keys."""
    app, worst = Host(lambda: SearchScreen(store.search, None, START)), list[float]()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        await pilot.pause(1)
        for letter in COMMON:
            async with Held() as held:
                await pilot.press(letter)
                await pilot.pause(0.5)
            worst.append(held.worst * 1e3)
    return f"held {statistics.median(worst):6.1f} ms   at worst {max(worst):.1f} ms"


def size_of(folder: str, names: str) -> int:
    """Return the bytes of all files with such names."""
    return sum(path.stat().st_size for path in Path(folder).rglob(names))


async def measure(name: str, contents: list[Content]) -> float:
    """Print the times of one library and return the slowest search."""
    say = sys.stdout.write
    with tempfile.TemporaryDirectory() as folder:
        store = await TinyStore.open(Path(folder) / "library")
        for content in contents:
            await store.create(content)
        await store.update(contents[-1].id, with_rare_word)
        await asyncio.sleep(0.2)
        written = size_of(folder, "*.json")
        say(f"{name}: {written / 1e6:.1f} MB\n  {'first':<24}{await timed(store, RARE)}\n")
        index = size_of(folder, "*.db")
        say(f"  the index has {index / 1e6:.1f} MB\n")
        slowest = 0.0
        for typed in QUERIES:
            took = await median(store, typed)
            slowest = max(slowest, took)
            say(f"  {typed:<24}{await timed(store, typed)}   median {took:.1f}\n")
        await store.update(contents[-1].id, with_rare_word)
        say(f"  {'after one save':<24}{await timed(store, RARE)}\n")
        say(f"  {'typing, a key':<24}{await typing(store)}\n")
        await store.close()
    return slowest


async def main(pieces: int, turns: int) -> int:
    """Print the times; 1 when the bound is passed."""
    many = [piece(f"piece{number:05}", 4, 200) for number in range(pieces)]
    slowest = await measure(f"{pieces} pieces of 4 turns", many)
    one = [piece("onepiece", turns, 200)]
    slowest = max(slowest, await measure(f"one piece of {turns} turns", one))
    return 1 if slowest > BOUND else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*map(int, [*sys.argv[1:], "2000", "10000"][:2]))))
