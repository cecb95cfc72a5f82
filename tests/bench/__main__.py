"""The table of speed: `python -m tests.bench [--runs N] [--keep] [ROW …]`.

Redraft and Claude Code's own screen in turns, in terminals of 120 × 40, against one server on
loopback. Without names of rows (their beginnings will do) everything is measured, which takes half
an hour. With `--keep` the figures become those that the next run is compared with. Exit code 1 when
a limit is passed.
"""

import argparse
import asyncio
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench import bench_diff, bench_store, bench_tree, scenes
from tests.bench.answering import Answering, answering
from tests.bench.figures import ROWS, Measured, keep, last_run, table
from tests.bench.worlds import World
from tests.e2e.conftest import ROOT
from tests.support.warm import COMMAND
from tui.domain.diff import compare

Scene = Callable[[], tuple[scenes.Figures, scenes.Figures]]
"""Measures once; returns Redraft's and Claude Code's figures."""
LONG: Final = 500
"""Turns in the conversation that is reopened."""


class Worlds:
    """Makes each world once, when a scene first needs it."""

    def __init__(self, folder: Path, server: Answering) -> None:
        self._folder = folder
        self._server = server
        self._made: dict[str, World] = {}

    def of(self, pieces: int, turns: int = 4) -> World:
        """Return the world with so many pieces of so many turns, as if nobody had worked in it."""
        name = f"{pieces}x{turns}"
        if name not in self._made:
            world = World(self._folder / name, self._server)
            if turns == LONG:
                world.remember(turns, 150)
            world.fill(pieces, turns, words=150 if turns == LONG else 60)
            self._made[name] = world
        self._made[name].renew()
        return self._made[name]


def both(worlds: Worlds, scene: Callable[[scenes.Opens], scenes.Figures], turns: int = 4) -> Scene:
    """Return a scene that is played with Claude Code, then with Redraft."""

    def play() -> tuple[scenes.Figures, scenes.Figures]:
        world = worlds.of(1 if turns == LONG else 10, turns)
        theirs = scene(world.claude)
        return scene(world.redraft), theirs

    return play


def alone(
    worlds: Worlds, scene: Callable[[scenes.Opens], scenes.Figures], pieces: int, prefix: str = ""
) -> Scene:
    """Return a scene that only Redraft can play; `prefix` goes before the names of its figures."""

    def play() -> tuple[scenes.Figures, scenes.Figures]:
        found = scene(worlds.of(pieces).redraft)
        return {prefix + name: value for name, value in found.items()}, {}

    return play


def lists(worlds: Worlds) -> tuple[scenes.Figures, scenes.Figures]:
    """Run `redraft list` with 2,000 pieces."""
    world = worlds.of(2_000)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [*COMMAND, "list"], env=world.environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"2,000 list": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}, {}


def trees() -> tuple[scenes.Figures, scenes.Figures]:
    """Measure the fork tree of 10,000 turns, in this process."""
    found = asyncio.run(bench_tree.measured(bench_tree.piece(10_000, 40, 60, 1500)))
    return {
        "tree open": found["opening a branch"],
        "tree key": found["a key, all unfolded"],
        "tree fold": found["folding a branch"],
    }, {}


def saves() -> tuple[scenes.Figures, scenes.Figures]:
    """Measure saving a turn in libraries and in pieces of two sizes, in this process."""
    cost = []
    for count in (10, 1_000):
        with tempfile.TemporaryDirectory() as folder:
            cost.append(asyncio.run(bench_store.measure(Path(folder) / "library", count))[0])
    few, many = (asyncio.run(bench_store.long_piece(turns)) for turns in (10, 500))
    return {"save": cost[1] / cost[0], "save long": many / few}, {}


def diffs() -> tuple[scenes.Figures, scenes.Figures]:
    """Compare two long versions, in this process."""
    one, other, _ = bench_diff.texts()
    return {"diff": bench_diff.milliseconds(lambda: compare(one, other))}, {}


def scenes_for(worlds: Worlds) -> list[tuple[Sequence[str], Scene]]:
    """Return the scenes, each with the rows that it gives."""
    streams = partial(_streams, worlds)
    return [
        (("start", "settled"), both(worlds, scenes.starts)),
        (("first bytes", "idle"), both(worlds, scenes.idles)),
        (("key p50", "key p95", "key cpu"), both(worlds, scenes.types)),
        (("paste", "paste key"), both(worlds, scenes.pastes)),
        (
            (
                *("stream cpu", "stream behind", "stream bytes"),
                *("stream key p50", "stream key p95", "full speed", "memory"),
            ),
            streams,
        ),
        (("reopen", "reopen idle"), both(worlds, scenes.reopens, LONG)),
        (("2,000 start",), alone(worlds, scenes.starts, 2_000, "2,000 ")),
        (("2,000 idle",), alone(worlds, scenes.idles, 2_000, "2,000 ")),
        (("2,000 list",), partial(lists, worlds)),
        (
            ("10,000 start", "10,000 key", "10,000 filter"),
            alone(worlds, scenes.searches_the_list, 10_000),
        ),
        (("tree open", "tree key", "tree fold"), trees),
        (("save", "save long"), saves),
        (("diff",), diffs),
    ]


def _streams(worlds: Worlds) -> tuple[scenes.Figures, scenes.Figures]:
    world = worlds.of(10)
    theirs = scenes.streams(world.claude, world)
    return scenes.streams(world.redraft, world), theirs


def main() -> int:
    """Measure what the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "rows", nargs="*", metavar="ROW", help="only these rows, by the names in figures.py"
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    own: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    load = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ending:
        worlds = Worlds(Path(folder), ending.enter_context(answering()))
        for names, scene in scenes_for(worlds):
            if options.rows and not any(n.startswith(r) for n in names for r in options.rows):
                continue
            for _ in range(options.runs):
                for kept, found in zip((own, theirs), scene(), strict=True):
                    for name, value in found.items():
                        kept.setdefault(name, []).append(value)
                load.append(os.getloadavg()[0])
            sys.stderr.write(f"{', '.join(names)}: done\n")
    now = Measured(*({n: statistics.median(v) for n, v in kept.items()} for kept in (own, theirs)))
    before = last_run()
    lines = table(now, before)
    lines += ["", f"Medians of {options.runs}; load {min(load):.1f} to {max(load):.1f}."]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    if options.keep:
        keep(now, before)
    return int(any(now.is_over(row, before) for row in ROWS))


if __name__ == "__main__":
    sys.exit(main())
