"""The dialog of sessions to adopt: marks, the one under the cursor, hostile titles, every size."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.store.samples import sample
from tests.support.driver import at_the_desk
from tests.ui.screens_host import HOSTILE, SIZES, Host, until
from tui.domain.content import Content
from tui.domain.ids import SessionId
from tui.domain.session import FoundSession
from tui.screens.frame import HintLine
from tui.screens.import_sessions import ImportScreen
from tui.studio.session_import import Adopted, FoundRow

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def found(number: int, title: str = "") -> FoundSession:
    title = title or f"Session {number}"
    return FoundSession(SessionId(f"s{number}"), title, "", f"/home/{HOSTILE}", AT, AT, number + 1)


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["enter"], ("s0",)),
        (["down", "enter"], ("s1",)),
        (["space", "down", "down", "space", "enter"], ("s0", "s2")),
        (["a", "enter"], ("s0", "s1", "s2")),
        (["a", "a", "down", "enter"], ("s1",)),
        (["space", "escape"], ()),
    ],
)
async def test_the_marked_or_the_one_under_the_cursor(keys: list[str], chosen: Any) -> None:
    app = Host(lambda: ImportScreen([found(number) for number in range(3)]))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.query(HintLine))
        await pilot.pause()
        await pilot.press(*keys)
        await until(pilot, lambda: app.results)
        assert app.results == [chosen]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_it_fits_and_stays_harmless(size: tuple[int, int]) -> None:
    app = Host(lambda: ImportScreen([found(number, HOSTILE * 3) for number in range(300)]))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query(HintLine))
        await pilot.pause()
        for box in (*app.screen.query(".dialog"), app.screen.query_one(HintLine)):
            assert box.region.right <= size[0]
            assert box.region.bottom <= size[1]
        assert "enter Import" in app.shown
        assert "[@click" in app.shown
        assert not {"\x1b", "\x07", "\u202e"} & set(app.shown)


class SessionImport:
    """Adopts whatever is asked for."""

    def __init__(self, contents: dict[Any, Content], sessions: int) -> None:
        self.contents = contents
        self.rows = tuple(FoundRow(found(number)) for number in range(sessions))

    async def found(self) -> tuple[FoundRow, ...]:
        return self.rows

    async def adopt(self, session: SessionId) -> Adopted:
        content = sample(f"adopted{session}", f"Adopted {session}")
        self.contents[content.id] = content
        return Adopted(content, sessions=1)


async def test_import_adopts_and_shows_what_came() -> None:
    async with at_the_desk() as user:
        services = SimpleNamespace(sessions=SessionImport(user.store.contents, 2))
        user.app._studio._services = services  # type: ignore[assignment]
        await user.commands("I")
        await user.sees("Session 0", "Session 1", "enter Import")
        await user.commands("a", "enter")
        await user.sees("Imported 2 pieces", "Adopted s0", "Adopted s1")
        services.sessions.rows = ()
        await user.commands("I")
        await user.sees("is left to import")
