"""Soaks the whole engine in faults: `python -m tests.bench.bench_soak [--turns 200] [--seed N]`.

Real studio, store, agent and CLI against the loopback API: five branches, three turns at once,
random faults, stops and kills, forks on the way, a restart every 50 turns. After every turn what
is saved must be what was sent and what Claude is told must be what Redraft says it remembers; at
the end no process may be left and memory must be flat. Ends with 1 when anything is wrong.
"""

import argparse
import asyncio
import logging
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.soak_plan import planned
from tests.bench.soak_play import Soak, say
from tests.bench.soak_world import PlannedServer, World

WINDOW = 50
GROWTH = 0.10
"""The mean memory over the last window may be greater by so much than over the one before."""


def judged_memory(soak: Soak) -> str:
    """Return the line about memory; blames the soak when it is not flat."""
    window = min(WINDOW, len(soak.memory) // 2)
    before = statistics.mean(soak.memory[-2 * window : -window]) / 1024
    last = statistics.mean(soak.memory[-window:]) / 1024
    if window == WINDOW and len(soak.memory) >= 3 * WINDOW and last > before * (1 + GROWTH):
        soak.blame("memory", f"{before:.1f} MiB, then {last:.1f} MiB")
    first = soak.memory[0] / 1024
    return (
        f"{first:.1f} MiB after turn 1, {before:.1f} over the {window} before the last {window}, "
        f"{last:.1f} over the last {window} ({last / before - 1:+.1%})"
    )


async def soaked(folder: Path, seed: int, turns: int) -> int:
    """Run a soak in an empty folder, print its figures, and return the exit code."""
    began = time.monotonic()
    with PlannedServer() as server:
        world = World(folder, server)
        world.isolate()
        soak = Soak(world, seed)
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: soak.blame("event loop", f"{context}")
        )
        try:
            for number, leg in enumerate(planned(seed, turns), 1):
                await soak.play(leg)
                say(f"leg {number}: {len(soak.memory)} turns, {time.monotonic() - began:.0f} s")
            await soak.look_back()
        finally:
            world.kill_all()
    seconds = time.monotonic() - began
    memory = judged_memory(soak)
    say(f"\nseed {seed}: {len(soak.memory)} turns in {seconds:.0f} s, {soak.requests} requests")
    say("turns    " + ", ".join(f"{count} {name}" for name, count in sorted(soak.states.items())))
    say(f"also     {soak.retries} prompts sent again, {soak.forks} forks, {soak.kills} CLIs killed")
    say("played   " + ", ".join(f"{name} × {n}" for name, n in sorted(soak.scenarios.items())))
    if soak.stops:
        say(f"stops    median {statistics.median(soak.stops):.2f} s, worst {max(soak.stops):.2f} s")
    say(f"memory   {memory}")
    for sentence in soak.wrong:
        say(f"WRONG    {sentence[:400]}")
    say(f"verdict  {f'{len(soak.wrong)} things are wrong' if soak.wrong else 'all is well'}")
    return 1 if soak.wrong else 0


def main() -> int:
    """Run the soak that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keep library, sessions and log here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        logging.basicConfig(
            filename=folder / "soak.log",
            format="%(asctime)s %(levelname)s %(name)s: %(message)s",
            level=logging.INFO,
            force=True,
        )
        return asyncio.run(soaked(folder.resolve(), options.seed, options.turns))


if __name__ == "__main__":
    sys.exit(main())
