"""A program that works on a library beside a test: `python -m tests.store.beside JOB FOLDER …`."""

import asyncio
import itertools
import os
import resource
import sys
from pathlib import Path

from tests.store.samples import MAIN, START, sample, with_approval, with_fork, with_text, with_turn
from tui.domain.content import Turn, TurnKind
from tui.domain.errors import LibraryProblem
from tui.domain.ids import BranchId, ContentId, TurnId
from tui.domain.place import BegunPiece, Place
from tui.domain.turn_changes import begun_turn
from tui.store.library import TinyStore


def say(word: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def saves(folder: Path, content_id: str, name: str, count: str) -> None:
    """Save that many turns in one content."""
    store = await TinyStore.open(folder)
    for number in range(int(count)):
        await store.update(ContentId(content_id), with_turn(f"{name}-{number}"))
    await store.close()


async def creates(folder: Path, name: str, count: str) -> None:
    """Create that many contents."""
    store = await TinyStore.open(folder)
    for number in range(int(count)):
        await store.create(sample(f"{name}{number:04}"))
    await store.close()


def is_killed(folder: Path) -> None:
    """For each number on standard input, start a copy of this process that saves until killed.

    Copies are forked: a kill then costs no start of Python.
    """
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(_works_until_killed(folder, int(line)))
        os.waitpid(child, 0)
        say("gone")


async def _works_until_killed(folder: Path, number: int) -> None:
    """Save turns, forks and approvals for ever, naming each one once it is acknowledged."""
    store = await TinyStore.open(folder)
    ids = [ContentId(row.id) for row in (await store.catalog()).rows]
    say(f"ready {os.getpid()}")
    while True:
        content_id = ids[number % len(ids)]
        match number % 4:
            case 0 | 1:
                await store.update(content_id, with_turn(f"turn-{number}"))
            case 2:
                await store.update(content_id, with_fork(f"fork-{number}"))
            case _:
                await store.update(content_id, with_text(f"by hand {number}"))
                await store.update(content_id, with_approval)
        say(f"{content_id} {number}")
        number += 1


async def fills_the_disk(folder: Path, limit: str) -> None:
    """Save until a file may not grow further, then get room and save what was refused."""
    store = await TinyStore.open(folder)
    await store.create(sample())
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
    number = 0
    while True:
        pending = with_text(f"{number} " + "text " * 2_000)
        try:
            await store.update(ContentId("sample22"), pending)
        except LibraryProblem as problem:
            say(f"refused: {problem}")
            break
        number += 1
    say(f"saved {len((await store.load(ContentId('sample22'))).versions)} of {number}")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await store.update(ContentId("sample22"), pending)
    say(f"then {len((await store.load(ContentId('sample22'))).versions)}")
    await store.close()


async def leases(folder: Path, branch: str) -> None:
    """Lease a branch, say whether it worked, and keep it until standard input ends."""
    store = await TinyStore.open(folder)
    lease = await store.leases.take(BranchId(branch))
    say("leased" if lease else "taken")
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await store.close()


async def types_until_killed(folder: Path) -> None:
    """Type into a prompt and a dialog while an answer arrives; print how far, once it is kept."""
    store, running = await TinyStore.open(folder), TurnId("turn-1")
    await store.create(sample())
    turn = Turn(running, TurnKind.REVISE, "shorter", START)
    await store.update(
        ContentId("sample22"), lambda content: begun_turn(content, MAIN, turn, START)
    )
    await store.save_place(Place(ContentId("sample22")))
    for count in itertools.count(1):
        text = "x" * count
        place = Place(ContentId("sample22"), unsent={MAIN: text}, begun=BegunPiece(brief=text))
        await store.save_place(place)
        await store.keep_part(ContentId("sample22"), running, text)
        say(str(count))


JOBS = {job.__name__: job for job in (saves, creates, fills_the_disk, leases, types_until_killed)}


def main() -> None:
    """Do the job named first on the folder named second."""
    job, folder, *rest = sys.argv[1:]
    if job == is_killed.__name__:
        is_killed(Path(folder))
    else:
        asyncio.run(JOBS[job](Path(folder), *rest))


if __name__ == "__main__":
    main()
