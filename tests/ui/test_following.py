"""The list and the open piece follow the library: what is told is taken over, and nothing else."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.store.samples import sample
from tests.support.driver import at_the_desk
from tests.support.fakes import MemoryStore
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem
from tui.domain.ids import ContentId
from tui.screens.main.workspace import Workspace

ID = ContentId("sample22")


class SlowStore(MemoryStore):
    """A library in which the first read of a piece that is tagged so takes long."""

    def __init__(self) -> None:
        super().__init__([sample(title="One"), sample("other222", "Another")])
        self.is_waiting = False
        self.release = asyncio.Event()

    async def load(self, content_id: ContentId) -> Content:
        content = await super().load(content_id)
        if "slow" in content.tags and not self.is_waiting:
            self.is_waiting = True
            await self.release.wait()
        return content


async def test_a_slow_read_never_sets_back_what_came_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = SlowStore()
    async with at_the_desk(store=store) as user:
        await user.main._do.library.open(ID)
        library, state, shown = user.main._do.library, user.main._state, list[str]()
        put = state.put

        def noted(workspace: Workspace) -> None:
            shown.append("" if workspace.content is None else workspace.content.title)
            put(workspace)

        monkeypatch.setattr(state, "put", noted)
        store.contents[ID] = replace(store.contents[ID], tags=("slow",))
        await user.waits(lambda: store.is_waiting, "the piece to be read again")
        await library.take_over(await user.main._options.studio.decisions.rename(ID, "Two"))
        store.release.set()
        other = ContentId("other222")
        store.contents[other] = replace(store.contents[other], title="Told last")
        await user.sees("Told last")
        renamed = shown.index("Two")
        assert set(shown[renamed:]) == {"Two"}


async def test_of_one_change_nothing_else_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    store = SlowStore()
    async with at_the_desk(store=store) as user:
        await user.main._do.library.open(ID)
        await user.sees("Another")
        pages = store.catalog

        async def counted(after: Any = None, limit: int = 500) -> Any:
            assert limit == 1, "all rows were read again"
            return await pages(after, limit)

        monkeypatch.setattr(store, "catalog", counted)
        loads: list[ContentId] = []
        load = store.load

        async def loaded(content_id: ContentId) -> Content:
            loads.append(content_id)
            return await load(content_id)

        monkeypatch.setattr(store, "load", loaded)
        other = ContentId("other222")
        store.contents[other] = replace(store.contents[other], title="Renamed elsewhere")
        await user.sees("Renamed elsewhere")
        del store.contents[other]
        await user.does_not_see("Renamed elsewhere")
        assert loads == []
        store.contents[ID] = replace(store.contents[ID], title="Renamed here")
        await user.sees("Renamed here")
        await user.waits(lambda: loads == [ID], "the open piece to be read")


async def test_a_library_that_could_not_be_read_at_the_start_is_shown_once_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = SlowStore()

    async def refused() -> None:
        raise LibraryProblem("The library cannot be read.")

    monkeypatch.setattr(store, "place", refused)
    async with at_the_desk(store=store) as user:
        await user.sees("One", "Another")
