"""A random hour on a shared library: operations beside each other, and looks at what they left."""

import asyncio
import io
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.studio.crowd.ledger import Ledger
from tests.studio.crowd.works import WORKS, Work, Works
from tests.studio.crowd.world import (
    FIRST,
    SECOND,
    START,
    Program,
    World,
    files_of,
    lease_of,
    world_of,
)
from tui.domain.content import Content, TurnState
from tui.domain.errors import InvalidInput, NotFound, RedraftError, Refused
from tui.domain.ids import ContentId
from tui.store.doctor import FolderCheck
from tui.store.library import TinyStore

TOGETHER = 3
"""How many operations are under way at once."""
ROUNDS = 3
A_ROUND = 10
"""Operations between two looks at everything."""
LONGEST = 20.0
"""Seconds after which something hangs."""
REFUSALS = (Refused, NotFound, InvalidInput)
"""Nothing was written, and nothing may have been."""
REWINDS = (Works.undo, Works.redo, Works.restore, Works.take_in, Works.twice)
"""What may put a label back to what it was."""
NOTHING = ContentId("p-nothing")


@dataclass
class Score:
    """What came of a seed."""

    done: int = 0
    refused: int = 0
    failed: int = 0
    faults: int = 0
    """Calls to the disk that failed."""
    wrong: list[str] = field(default_factory=list)


class Play:
    """One seed."""

    def __init__(self, world: World, *, is_flaky: bool) -> None:
        self.world = world
        self.is_flaky = is_flaky
        self.ledger = Ledger()
        self.works = Works(world, self.ledger)
        self.programs: list[Program] = []
        self.score = Score()
        self._commands = 0
        """Commands that run now: what they find missing they make."""

    async def run(self) -> Score:
        playing = asyncio.create_task(self._play())
        _, hanging = await asyncio.wait({playing}, timeout=LONGEST)
        if hanging:
            self.score.wrong.append(f"it hangs in {_stacks()}")
            playing.cancel()
        else:
            playing.result()
        self.score.faults = self.world.disk.failed
        return self.score

    async def _play(self) -> None:
        self.programs = [await Program.open(self.world, who) for who in (FIRST, SECOND)]
        for program in self.programs:
            await self._do(Works.create, program)
        self.world.disk.is_watching = self.is_flaky
        for number in range(ROUNDS):
            await self._round()
            if number == ROUNDS - 1:
                await self._beside_the_end()
            else:
                await self._look()
                await self._empty_sometimes()
        await self._look_at_last()

    # -- operations --------------------------------------------------------------------------

    async def _round(self) -> None:
        running = set[asyncio.Task[None]]()
        away_at = self.world.rand.randint(0, 3 * A_ROUND)
        for number in range(A_ROUND):
            if number == away_at:
                await self._away()
            running.add(asyncio.create_task(self._do(*self._chosen())))
            self._stop_some(is_full=len(running) >= TOGETHER)
            while len(running) >= TOGETHER:
                _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                self._stop_some(is_full=len(running) >= TOGETHER)
        await self._finish(running)

    async def _finish(self, running: set[asyncio.Task[None]]) -> None:
        while running:
            self._stop_some(is_full=True)
            _, running = await asyncio.wait(running, timeout=0.01)

    def _chosen(self) -> tuple[Work, Program]:
        (work,) = self.world.rand.choices(list(WORKS), list(WORKS.values()))
        return work, self.world.rand.choice(self.programs)

    def _stop_some(self, *, is_full: bool) -> None:
        """Stop turns that nobody else would: a script waits for it."""
        for talk in tuple(self.works.held):
            if is_full or self.world.rand.random() < 0.3:
                talk.stop()

    async def _do(self, work: Work, program: Program) -> None:
        known = self.ledger.known
        content_id = self.world.rand.choice(known) if known else NOTHING
        begun = self.ledger.now()
        name = work.__name__
        self._commands += work is Works.command
        self.works.rewound += work in REWINDS
        self.works.rewinding += work in REWINDS
        try:
            await work(self.works, program, content_id)
        except REFUSALS:
            self.score.refused += 1
        except RedraftError:
            self.score.failed += 1
            is_wide = work in (Works.undo, Works.redo, Works.restore)
            self.ledger.blurred(None if is_wide else content_id, begun)
        except Exception:  # noqa: BLE001
            said = traceback.format_exc()
            self.score.wrong.append(f"{name} of {program.author}:\n{said}")
        else:
            self.score.done += 1
        finally:
            self._commands -= work is Works.command
            self.works.rewinding -= work in REWINDS

    async def _away(self) -> None:
        """Take the library away while both studios work, and put it back."""
        await asyncio.sleep(0)  # What was chosen has begun now.
        if self._commands:
            return
        aside = self.world.folder.with_name("away")
        self.world.rename(self.world.folder, aside)
        chosen = [pair for _ in range(6) if (pair := self._chosen())[0] is not Works.command]
        works = {asyncio.create_task(self._do(*pair)) for pair in chosen[:2]}
        await asyncio.wait(works, timeout=0.02)
        with self.world.quiet():
            is_made = self.world.folder.exists()
        if is_made:
            self.score.wrong.append("a library was made where one had been taken away")
        else:
            self.world.rename(aside, self.world.folder)
        await self._finish(works)

    async def _empty_sometimes(self) -> None:
        """Empty the trash, alone: so it is certain what may be gone."""
        if self.world.rand.random() < 0.6:
            return
        with self.world.quiet():
            before = files_of(self.world.folder)
        program = self.world.rand.choice(self.programs)
        done = self.score.done
        await self._do(Works.empty, program)
        with self.world.quiet():
            after = files_of(self.world.folder)
            self.score.wrong += self.ledger.compare(before)
        self.score.wrong += self.ledger.emptied(before, after)
        is_empty = all(place.startswith("contents/") for at in after.values() for place in at)
        if self.score.done > done and not is_empty:
            self.score.wrong.append("the trash was emptied, and is not empty")

    # -- looks -------------------------------------------------------------------------------

    async def _look(self) -> None:
        """Compare what the library says now, with nothing under way and a disk that works."""
        with self.world.quiet():
            files = files_of(self.world.folder)
            self.score.wrong += self.ledger.compare(files)
            await self._look_for_turns(files)
            await self._look_for_leases(files)

    async def _look_for_turns(self, files: dict[ContentId, dict[str, Content]]) -> None:
        for program in self.programs:
            if program.studio.conversations.writing:
                self.score.wrong.append(f"{program.author} still writes")
        for content_id in _here(files):
            for program in self.programs:
                content = await program.studio.content(content_id)
                self.score.wrong += _running(content, f"for {program.author}")

    async def _look_for_leases(self, files: dict[ContentId, dict[str, Content]]) -> None:
        """Whoever has no session keeps no branch."""
        store = await TinyStore.open(self.world.folder)
        for content_id, content in _here(files).items():
            for branch in content.branches:
                talks = [
                    program.studio.conversation(content_id, branch.id) for program in self.programs
                ]
                if any(talk.is_connected for talk in talks):
                    continue
                lease = await lease_of(store, branch.id)
                if lease is None and not any(talk.is_connected for talk in talks):
                    self.score.wrong.append(f"the lease of {branch.id} is held by nobody's session")
                if lease is not None:
                    lease.release()
        await store.close()

    async def _beside_the_end(self) -> None:
        """Close both studios, in half of the seeds while operations are under way."""
        works = set[asyncio.Task[None]]()
        if self.world.rand.random() < 0.5:
            chosen = [(Works.send, program) for program in self.programs]
            works = {asyncio.create_task(self._do(*pair)) for pair in (*chosen, self._chosen())}
            await asyncio.wait(works, timeout=0.02)
        else:
            await self._look()
        if self.world.rand.random() < 0.5:
            self.world.disk.is_watching = False
        for program in self.programs:
            try:
                await program.close()
            except RedraftError:
                self.score.failed += 1
            except Exception:  # noqa: BLE001
                said = traceback.format_exc()
                self.score.wrong.append(f"closing {program.author}:\n{said}")
            if program.studio.conversations.writing:
                self.score.wrong.append(f"{program.author} still writes when it is closed")
        await self._finish(works)

    async def _look_at_last(self) -> None:
        """Compare what a program says that has never seen the library before."""
        self.world.disk.is_watching = False
        fresh = await Program.open(self.world, SECOND)
        files = files_of(self.world.folder)
        self.score.wrong += self.ledger.compare(files)
        for content_id, content in _here(files).items():
            self.score.wrong += _running(await fresh.studio.content(content_id), "after all")
            for branch in content.branches:
                if await lease_of(fresh.store, branch.id) is None:
                    self.score.wrong.append(f"the lease of {branch.id} is held after all")
        await fresh.close()
        check = FolderCheck(self.world.folder, lambda: START)
        if self.is_flaky:  # What an unwritten text or a right left to mend is no loss.
            said = await check.mend()
            self.score.wrong += [f"mended: {sentence}" for sentence in said]
            self.score.wrong += self.ledger.compare(files_of(self.world.folder))
        found = await check.look()
        self.score.wrong += [one.sentence for one in found if not one.is_fine]


def _here(files: dict[ContentId, dict[str, Content]]) -> dict[ContentId, Content]:
    """Return the contents that are not only in the trash."""
    return {
        content_id: places[name]
        for content_id, places in files.items()
        if (name := f"contents/{content_id}.json") in places
    }


def _running(content: Content, said: str) -> list[str]:
    turns = [turn for branch in content.branches for turn in branch.turns]
    running = [turn.id for turn in turns if turn.state is TurnState.RUNNING]
    return [f"{content.id}: {running} still run {said}"] if running else []


def _stacks() -> str:
    said = io.StringIO()
    for task in asyncio.all_tasks():
        task.print_stack(file=said)
    return said.getvalue()


def play(seed: int, at: Path) -> Score:
    """Play a seed in an empty folder, and return what came of it."""
    rate = (0.0, 0.003, 0.01, 0.03)[seed % 4]
    with world_of(seed, at, rate=rate) as world, suppress(KeyboardInterrupt):
        return asyncio.run(Play(world, is_flaky=rate > 0).run())
    raise KeyboardInterrupt
