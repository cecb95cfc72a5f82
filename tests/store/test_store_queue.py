"""Queued prompts in `place.json`: over a restart, beside another program, and in old files."""

from pathlib import Path

from tests.store.samples import MAIN
from tui.domain.ids import BranchId, ContentId
from tui.domain.place import Place
from tui.domain.queue import QueuedPrompt
from tui.store.library import TinyStore
from tui.store.storage import SafeStorage

ID, OTHER = ContentId("sample22"), ContentId("other222")
SECOND = BranchId("second-branch")
ONE, TWO, ASK = QueuedPrompt("one"), QueuedPrompt("two"), QueuedPrompt("why?", is_asking=True)


async def test_a_queue_is_there_again_in_its_order(folder: Path) -> None:
    queued = {MAIN: (*(QueuedPrompt(f"no. {n}") for n in range(12)), ASK), SECOND: (TWO, ONE)}
    store = await TinyStore.open(folder)
    await store.save_place(Place(ID, {}, {}, queued=queued))
    await store.close()
    store = await TinyStore.open(folder)
    assert (await store.place()).queued == queued
    await store.close()


async def test_two_programs_keep_each_others_queues(folder: Path) -> None:
    one, two = await TinyStore.open(folder), await TinyStore.open(folder)
    await one.place()
    await two.place()
    await one.save_place(Place(ID, queued={MAIN: (ONE,)}))
    await two.save_place(Place(OTHER, queued={SECOND: (TWO,), MAIN: (ASK,)}))
    assert (await one.place()).queued == {MAIN: (ASK, ONE), SECOND: (TWO,)}
    await two.save_place(Place(OTHER, queued={}))
    assert (await one.place()).queued == {MAIN: (ONE,)}
    await one.close()
    await two.close()


async def test_a_prompt_that_one_program_sent_does_not_come_back(folder: Path) -> None:
    one, two = await TinyStore.open(folder), await TinyStore.open(folder)
    await one.save_place(Place(ID, queued={MAIN: (ONE, TWO)}))
    read = await two.place()
    await one.save_place(Place(ID, queued={MAIN: (TWO,)}))
    await two.save_place(Place(OTHER, queued={MAIN: (*read.queued[MAIN], ASK)}))
    assert (await one.place()).queued == {MAIN: (TWO, ASK)}
    await one.close()
    await two.close()


async def test_an_empty_queue_leaves_no_trace(folder: Path) -> None:
    store = await TinyStore.open(folder)
    await store.save_place(Place(ID, queued={MAIN: (ONE,)}))
    await store.save_place(Place(ID, queued={}))
    assert await store.place() == Place(ID)
    await store.close()


async def test_a_place_of_an_older_redraft_has_no_queue(folder: Path) -> None:
    store = await TinyStore.open(folder)
    await store.save_place(Place(ID, {}, {MAIN: "typed"}, queued={MAIN: (ONE,)}))
    await store.close()
    storage = SafeStorage(folder / "place.json")
    tables = storage.read()
    assert tables is not None
    assert tables.pop("queued")
    storage.write(tables)
    store = await TinyStore.open(folder)
    assert await store.place() == Place(ID, {}, {MAIN: "typed"})
    await store.close()
