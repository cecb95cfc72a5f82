"""A program that saves is killed again and again; counts what was acknowledged and is gone."""

import asyncio
import os
import random
import signal
from dataclasses import astuple, dataclass
from pathlib import Path

from tests.store.samples import MAIN, run_beside, sample, with_turn
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem
from tui.domain.ids import ContentId
from tui.store.appended import LONG
from tui.store.library import TinyStore

CONTENTS = 3


@dataclass
class Toll:
    """What the kills did."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    unreadable: int = 0
    problems: int = 0

    def __add__(self, other: "Toll") -> "Toll":
        """Return both together."""
        both = zip(astuple(self), astuple(other), strict=True)
        return Toll(*(mine + theirs for mine, theirs in both))


def kill_again_and_again(folder: Path, kills: int, seed: int = 1, *, is_long: bool = False) -> Toll:
    """Kill a saving program that many times, each at a random moment, and check after each.

    Saves of long pieces are appended to their files.
    """
    chance = random.Random(seed)
    toll = Toll()
    asyncio.run(_fill(folder, LONG if is_long else 0))
    number = 0
    mother = run_beside("is_killed", str(folder))
    assert mother.stdin is not None
    assert mother.stdout is not None
    while toll.kills < kills:
        mother.stdin.write(f"{number}\n")
        mother.stdin.flush()
        ready, _, process = mother.stdout.readline().partition(" ")
        assert ready == "ready"
        lines = [mother.stdout.readline() for _ in range(chance.randint(1, 25))]
        _wait_a_random_moment(chance)
        os.kill(int(process), signal.SIGKILL)
        lines += iter(mother.stdout.readline, "gone\n")
        acknowledged = [_acknowledged(line) for line in lines]
        toll.kills += 1
        toll.acknowledged += len(acknowledged)
        asyncio.run(_count(folder, acknowledged, toll))
        number = max(done for _, done in acknowledged) + 2
    mother.communicate(timeout=20)
    return toll


def _acknowledged(line: str) -> tuple[ContentId, int]:
    content_id, _, number = line.partition(" ")
    return ContentId(content_id), int(number)


def _wait_a_random_moment(chance: random.Random) -> None:
    for _ in range(chance.randint(0, 40_000)):
        pass


async def _fill(folder: Path, size: int) -> None:
    store = await TinyStore.open(folder)
    for number in range(CONTENTS):
        await store.create(with_turn("first", size)(sample(f"content{number}")))
    await store.close()


async def _count(folder: Path, acknowledged: list[tuple[ContentId, int]], toll: Toll) -> None:
    store = await TinyStore.open(folder)
    catalog = await store.catalog()
    toll.unreadable += CONTENTS - len(catalog.rows)
    toll.problems += len(catalog.problems)
    for content_id in {content_id for content_id, _ in acknowledged}:
        try:
            content = await store.load(content_id)
        except LibraryProblem:
            toll.unreadable += 1
            continue
        toll.lost += sum(
            not _has(content, number) for owner, number in acknowledged if owner == content_id
        )
    await store.close()


def _has(content: Content, number: int) -> bool:
    match number % 4:
        case 0 | 1:
            return any(turn.id == f"turn-{number}" for turn in content.branch(MAIN).turns)
        case 2:
            return any(branch.id == f"fork-{number}" for branch in content.branches)
        case _:
            made = [v.number for v in content.versions if v.text == f"by hand {number}"]
            return bool(made) and any(stamp.version in made for stamp in content.approvals)
