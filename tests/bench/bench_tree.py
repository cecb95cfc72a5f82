"""The fork tree of a long piece: what opening it, a key in it and folding it cost.

Run it by hand: `python -m tests.bench.bench_tree`. It prints milliseconds of CPU of the event loop,
drawing included, for a piece of 500 turns, 40 branches and 60 versions of 1,500 words and for one
of 10,000 turns, and ends with 1 when the smaller one is slower than the limits.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from time import thread_time
from typing import Final

from textual.pilot import Pilot

from tests.domain.content_examples import MAIN, START, blank_content
from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore
from tui.composition.collector import eased_collection, keep_what_is_there
from tui.domain.content import Author, Branch, Content, Turn, TurnKind, TurnState, Version
from tui.domain.ids import BranchId, ContentId, SessionId, TurnId
from tui.domain.words import text_hash
from tui.widgets.branches import BranchTree

KEY: Final = 15.0
"""Milliseconds that a key may cost."""
OPEN: Final = 150.0
"""Milliseconds until another branch of the piece is shown."""
ROUNDS: Final = 30
REST: Final = 2.0
"""Seconds in which the conversation that was opened is measured, a little at a time."""


def piece(turns: int, branches: int, versions: int, words: int) -> Content:
    """Return a piece: half of the turns on main, the others on branches that leave all along."""
    content = blank_content()
    own = turns // 2 // branches
    on_main = turns - own * branches
    every = max(1, on_main // versions)
    main: list[Turn] = []
    made: list[Version] = []
    for number in range(1, on_main + 1):
        version = len(made) + 1 if number % every == 0 and len(made) < versions else None
        if version is not None:
            made.append(_version(version, number, words))
        main.append(_turn(f"m{number}", number, version))
    grown = [replace(content.branches[0], turns=tuple(main))]
    for count in range(branches):
        after = (count + 1) * on_main // (branches + 1)
        lines = tuple(_turn(f"b{count}t{number}", after + number, None) for number in range(own))
        grown.append(
            Branch(
                BranchId(f"branch{count}"),
                f"another way {count}",
                SessionId(f"session{count}"),
                START + timedelta(minutes=after),
                parent=MAIN,
                forked_after=after,
                turns=lines,
            )
        )
    return replace(content, branches=tuple(grown), versions=tuple(made))


def _turn(name: str, number: int, version: int | None) -> Turn:
    at = START + timedelta(minutes=number)
    turn = Turn(TurnId(name), TurnKind.REVISE, f"Prompt {number}: make the middle shorter", at)
    reply = "I have made the middle shorter, and kept what it says. " * 3
    return replace(turn, state=TurnState.FINISHED, ended_at=at, reply=reply, version=version)


def _version(number: int, turn: int, words: int) -> Version:
    text = "\n\n".join(
        f"Paragraph {place} of text {number}. " + "Some words more of it. " * 14
        for place in range(words // 75)
    )
    at = START + timedelta(minutes=turn)
    before = number - 1 or None
    return Version(
        number, text, text_hash(text), words, Author.CLAUDE, MAIN, turn, at, before=before
    )


class KeptStore(MemoryStore):
    """Hands out the value it has, as the library's own store does while a file does not change.

    `MemoryStore` copies it each time, which for 10,000 turns costs more than all that is measured.
    """

    async def load(self, content_id: ContentId) -> Content:
        """Return a content."""
        return self.contents[content_id]


async def spent(pilot: Pilot[None], do: Callable[[int], object], rounds: int = ROUNDS) -> float:
    """Return the middle of what something cost, in milliseconds of CPU until all is drawn."""
    costs = []
    for number in range(rounds):
        await pilot.pause()
        begun = thread_time()
        do(number)
        await pilot.pause()
        costs.append((thread_time() - begun) * 1000)
    return sorted(costs)[len(costs) // 2]


async def opened(user: User, branch: BranchId) -> float:
    """Return what it costs to show another branch of the piece."""
    begun = thread_time()
    await user.main._do.library.open_branch(branch, 0)
    await user.pilot.pause()
    return (thread_time() - begun) * 1000


async def measured(content: Content) -> dict[str, float]:
    """Return what the tree of a piece costs, by what is done."""
    desk = at_the_desk(store=KeptStore([content]), size=(120, 36))
    with eased_collection():
        keep_what_is_there()
        async with desk as user:
            return await _measured(user, content)


async def _measured(user: User, content: Content) -> dict[str, float]:
    await user.waits(lambda: user.workspace.content is not None, "the piece")
    await user.commands("b")
    tree, pilot = user.main.query_one(BranchTree), user.pilot
    last = content.branches[-1].id
    await opened(user, last)
    found = {"opening a branch": await opened(user, MAIN)}
    await pilot.pause(REST)
    found["a key"] = await spent(pilot, lambda _: tree.action_move(1))
    found["a page"] = await spent(pilot, lambda _: tree.action_page(1))
    tree.action_first()
    found["a fork point"] = await spent(pilot, lambda _: tree.action_fork_point(1))
    tree.action_last()
    tree.action_parent()
    found["folding a branch"] = await spent(pilot, lambda _: tree.action_fold())
    found["another filter"] = await spent(pilot, lambda _: tree.action_filter(), 10)
    tree.action_unfold_all()
    found["a key, all unfolded"] = await spent(pilot, lambda _: tree.action_move(1))
    await user.presses("2")
    found["a key with the draft beside"] = await spent(pilot, lambda _: tree.action_move(-1))
    await user.presses("3")
    found["a key with the diff beside"] = await spent(pilot, lambda _: tree.action_move(1))
    return found


async def main() -> int:
    """Measure both pieces and print what was found."""
    long = await measured(piece(500, 40, 60, 1500))
    longest = await measured(piece(10_000, 40, 60, 1500))
    lines = [f"{'milliseconds':<30}{'500 turns':>12}{'10,000 turns':>14}"]
    lines += [f"{what:<30}{cost:>12.1f}{longest[what]:>14.1f}" for what, cost in long.items()]
    slow = [what for what, cost in long.items() if cost > (OPEN if "opening" in what else KEY)]
    lines.append("slower than the limit: " + ", ".join(slow) if slow else "within the limits")
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
