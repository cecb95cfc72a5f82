"""The library's folder goes away and comes back: the program lives, says so, and loses nothing."""

from typing import Any

import pytest

from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore, Script
from tui.domain.content import TurnState
from tui.domain.errors import ContentDamaged, LibraryProblem, NotFound

DRAFT = "Here.\n<draft>\n# One\n\nFirst text.\n</draft>\n"
PROBLEMS = [
    LibraryProblem("The library /mnt/usb cannot be read."),
    NotFound("There is no piece c0000001."),
    ContentDamaged("The piece c0000001 cannot be read."),
    PermissionError(13, "Permission denied"),
]
CALLS = ("load", "update", "catalog", "place", "save_place")


class BrittleStore(MemoryStore):
    """A library of which one call fails, or all of them do, for as long as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.problem: Exception | None = None
        self.broken: set[str] = set()

    def __getattribute__(self, name: str) -> Any:
        if name in CALLS and name in self.broken and self.problem is not None:
            return self._refused
        return super().__getattribute__(name)

    async def _refused(self, *_: object, **__: object) -> None:
        assert self.problem is not None
        raise self.problem


async def _goes_on(user: User, store: BrittleStore) -> None:
    """The disk is back: the answer is saved and shown, the next turn works."""
    store.broken = set()
    await user.waits(
        lambda: not user.main._options.studio.conversations.writing, "the end of the turn"
    )
    content = list(store.contents.values())[-1]
    (turn,) = content.branch(content.main).turns
    assert (turn.state, turn.reply) == (TurnState.FINISHED, DRAFT)
    await user.sees("First text.")
    assert user.prompt.value == "and then "
    await user.types("shorter")
    sent = len(user.agent.prompts)
    await user.presses("enter")
    await user.waits(lambda: len(user.agent.prompts) == sent + 1, "the next prompt to go out")
    assert user.agent.prompts[-1][1].endswith("and then shorter")
    await user.waits(
        lambda: not user.main._options.studio.conversations.writing, "the end of the next turn"
    )
    await user.does_not_see("Not readable since")


async def _ends(user: User, store: BrittleStore, broken: str, problem: Exception) -> None:
    """A turn of a new piece ends while something of the disk refuses, and the next one works."""
    user.agent.release.clear()
    user.agent.scripts = [Script(DRAFT, is_held=True)]
    sent, told = len(user.agent.prompts), set(user.app.board.notices)
    await user.begins(f"{type(problem).__name__} of {broken}", "about one")
    await user.sees("Claude is writing")
    await user.waits(lambda: len(user.agent.prompts) > sent, "the prompt, saved, to go out")
    store.problem = problem
    store.broken = set(CALLS) if broken == "everything" else {broken}
    user.agent.release.set()
    await user.types("and then ")
    if broken == "everything":
        await user.sees("Not readable since")
    elif broken in {"update", "load"}:  # Here a change reads what it changes.
        await user.waits(lambda: not told.issuperset(user.app.board.notices), "a sentence about it")
    else:
        studio = user.main._options.studio
        await user.waits(lambda: not studio.conversations.writing, "the end of the turn")
    assert user.app.is_running
    await _goes_on(user, store)


@pytest.mark.parametrize("broken", [(*CALLS[:3],), (*CALLS[3:],), ("everything",)])
async def test_a_turn_ends_while_the_disk_refuses(
    broken: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One writer meets one problem after the other; the title of the piece says which.

    Each call meets a problem of the library's and one of the system's, and all at once each one.
    """
    monkeypatch.setattr("tui.studio.running_turn.SAVE_AGAIN_AFTER", 0.05)
    store = BrittleStore()
    async with at_the_desk(store=store) as user:
        for place, call in enumerate(broken):
            one = PROBLEMS[place % (len(PROBLEMS) - 1)]
            for problem in PROBLEMS if call == "everything" else (one, PROBLEMS[-1]):
                await _ends(user, store, call, problem)


async def test_a_library_that_is_gone_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store = BrittleStore()
    async with at_the_desk(store=store) as user:
        await user.begins("One", "about one")
        await user.sees("Some text.")
        looks = 0

        async def refused(*_: object, **__: object) -> None:
            nonlocal looks
            looks += 1
            raise PROBLEMS[0]

        with monkeypatch.context() as patch:
            patch.setattr(store, "catalog", refused)
            await user.sees("Not readable since")
            await user.waits(lambda: looks > 5, "more looks")
        await user.does_not_see("Not readable since")
        said = [notice.text for notice in user.app.board.notices]
        assert sum("cannot be read" in text for text in said) == 1
        assert said[0].startswith("The library is back")


async def test_a_piece_that_stays_unreadable_is_told_of_once_and_the_list_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = BrittleStore()
    async with at_the_desk(store=store) as user:
        await user.begins("One", "about one")
        await user.sees("Some text.")
        store.problem, store.broken = ContentDamaged("The piece cannot be read."), set(CALLS)
        await user.sees("Not readable since")
        looks = 0
        catalog = MemoryStore.catalog

        async def counted(self: MemoryStore, *of: Any, **named: Any) -> Any:
            nonlocal looks
            looks += 1
            return await catalog(self, *of, **named)

        monkeypatch.setattr(MemoryStore, "catalog", counted)
        store.broken = {"load"}
        await user.does_not_see("Not readable since")
        already = len(user.app.board.notices)
        seen = looks
        await user.waits(lambda: looks > seen + 5, "more looks")
        assert len(user.app.board.notices) <= already + 1


async def test_a_prompt_that_cannot_be_saved_stays_in_the_prompt() -> None:
    store = BrittleStore()
    async with at_the_desk(store=store) as user:
        await user.begins("One", "about one")
        await user.sees("Some text.")
        store.problem, store.broken = OSError(5, "Input/output error"), set(CALLS)
        await user.types("shorter")
        await user.presses("enter")
        await user.waits(lambda: user.prompt.value == "shorter", "the prompt to come back")
        store.broken = set()
        await user.presses("enter")
        await user.waits(lambda: len(user.agent.prompts) == 2, "the prompt to go out")
