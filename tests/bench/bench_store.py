"""Measures the store: `python -m tests.bench.bench_store [--kills N] [--sizes 10 1000 10000]`.

Prints what saving a turn and starting with the list cost at several sizes of library, and, with
`--kills`, how much acknowledged work a program lost that was killed that often in short pieces, and
that often in long ones (0 is expected).
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.store.killing import Toll, kill_again_and_again
from tests.store.samples import START, sample, with_turn
from tui.domain.content import Content, Turn, TurnKind, TurnState
from tui.domain.ids import ContentId, TurnId
from tui.store.content_rows import content_to_rows
from tui.store.encoding import encoded
from tui.store.library import TinyStore
from tui.store.migrations import NEEDS, SCHEMA
from tui.studio.whole_catalog import whole_catalog

TURNS = 20
TURN_BYTES = 2_000


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def milliseconds(work: Callable[[], Awaitable[object]]) -> float:
    """Return how long a piece of work took."""
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1_000


def grown(name: str, count: int = TURNS) -> Content:
    """Return a content of so many turns of 2 KB."""
    content = sample(name, f"Content {name}")
    turns = tuple(
        Turn(
            TurnId(f"{name}-{number}"),
            TurnKind.REVISE,
            "tighten the intro",
            START,
            state=TurnState.FINISHED,
            reply="word " * (TURN_BYTES // 5),
        )
        for number in range(count)
    )
    return replace(content, branches=(replace(content.branches[0], turns=turns),))


def fill(folder: Path, count: int) -> None:
    """Write that many contents, without the syncs that a person's saves have."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        name = f"content{number:05}"
        rows = content_to_rows(grown(name))
        tables = {
            table: {str(place): row for place, row in enumerate(kept, 1)}
            for table, kept in rows.items()
        }
        data = encoded(tables, schema=SCHEMA, generation=1, needs=NEEDS)
        (folder / f"{name}.json").write_bytes(data)


async def measure(folder: Path, count: int) -> tuple[float, float]:
    """Return the milliseconds that saving a turn and starting with the list cost."""
    fill(folder / "contents", count)
    os.sync()  # or the first saves would wait for all that was just written
    store = await TinyStore.open(folder)
    rebuilt = await milliseconds(partial(whole_catalog, store))
    await store.close()

    starts = []
    for _ in range(5):
        began = time.perf_counter()
        store = await TinyStore.open(folder)
        catalog, _ = await whole_catalog(store)
        assert len(catalog.rows) == count
        starts.append((time.perf_counter() - began) * 1_000)
        await store.close()

    store = await TinyStore.open(folder)
    again = [await milliseconds(partial(whole_catalog, store)) for _ in range(5)]
    saves, processor = [], []
    for number in range(60):
        content_id = ContentId(f"content{number % min(count, 10):05}")
        save_turn = partial(store.update, content_id, with_turn(f"new-{number}", TURN_BYTES))
        began = time.process_time()
        saves.append(await milliseconds(save_turn))
        processor.append((time.process_time() - began) * 1_000)
    flush = await milliseconds(store.close)
    # Lower quartiles: other programs that sync the same disk make the rest of the figures.
    save, start = statistics.quantiles(saves[10:])[0], statistics.quantiles(starts)[0]
    say(
        f"{count:>6} contents: save a turn {save:6.2f} ms (of which CPU "
        f"{statistics.median(processor):.2f}, worst {max(saves):.2f}) · start and "
        f"list {start:7.1f} ms · list again {statistics.median(again):6.1f} ms · rebuild the "
        f"index {rebuilt:7.1f} ms · write it at the end {flush:6.1f} ms"
    )
    return save, start


async def long_piece(turns: int) -> float:
    """Return the CPU milliseconds of saving a turn in a piece of that many, the middle of 100."""
    with tempfile.TemporaryDirectory() as folder:
        store = await TinyStore.open(Path(folder) / "library")
        content = grown("piece", turns)
        await store.create(content)
        processor = []
        for number in range(100):
            began = time.process_time()
            await store.update(content.id, partial(_next_turn, turns, f"new-{number}"))
            processor.append((time.process_time() - began) * 1_000)
        await store.close()
    return statistics.median(processor[10:])


def _next_turn(turns: int, name: str, content: Content) -> Content:
    """Return the content with one more turn, after so many of its turns: it does not grow."""
    branch = content.branches[0]
    kept = replace(content, branches=(replace(branch, turns=branch.turns[:turns]),), versions=())
    return with_turn(name, TURN_BYTES)(kept)


async def sizes(counts: list[int]) -> None:
    """Measure libraries of these sizes and print the ratios to the first."""
    figures = {}
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            figures[count] = await measure(Path(folder) / "library", count)
    cost = {turns: await long_piece(turns) for turns in (10, 500)}
    say(f"500 turns in a piece: CPU {cost[500]:.2f} ms, × {cost[500] / cost[10]:.2f} to 10 turns")
    first = figures[counts[0]]
    for count, (save, start) in figures.items():
        say(f"{count:>6} contents: save × {save / first[0]:.2f} · start × {start / first[1]:.1f}")


def main() -> None:
    """Measure what the arguments ask for; exit code 1 when a kill lost something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 1_000, 10_000])
    parser.add_argument("--kills", type=int, default=0)
    options = parser.parse_args()
    if options.sizes:
        asyncio.run(sizes(options.sizes))
    if options.kills:
        toll = Toll()
        for is_long in (False, True):
            for seed in range(0, options.kills, 50):
                kills = min(50, options.kills - seed)
                with tempfile.TemporaryDirectory() as folder:
                    library = Path(folder) / "library"
                    toll += kill_again_and_again(library, kills, seed=seed, is_long=is_long)
        say(str(toll))
        sys.exit(1 if toll.lost or toll.unreadable else 0)


if __name__ == "__main__":
    main()
