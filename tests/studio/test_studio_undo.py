"""Undo and trash as the studio offers them: newest first, across contents and restarts."""

import pytest

from tests.support.fakes import CountedIds, MemoryStore, Script, ScriptedAgent, ticking_clock
from tui.domain.content import Content, TurnKind, TurnState
from tui.domain.errors import Ambiguous, NotFound, Refused
from tui.domain.events import TextStreamed
from tui.domain.status import Status
from tui.studio.studio import Studio


class Bench:
    """A studio with everything in reach of the test."""

    def __init__(self, *scripts: Script) -> None:
        self.store = MemoryStore()
        self.agent = ScriptedAgent(list(scripts))
        self.clock = ticking_clock()
        self.studio = Studio(self.store, self.agent, self.clock, CountedIds())

    async def written(self, title: str, text: str = "First.") -> Content:
        content = await self.studio.create(title)
        return await self.studio.edit(content.id, content.main, text)

    async def undoes(self) -> str:
        return (await self.studio.undo()).sentence

    def restart(self) -> None:
        self.studio = Studio(self.store, self.agent, self.clock, CountedIds())


async def test_the_last_thing_is_undone_first_across_contents_and_a_restart() -> None:
    bench = Bench()
    one, two = await bench.written("One"), await bench.written("Two")
    await bench.studio.rename(one.id, "Eins")
    await bench.studio.move(two.id, Status.ARCHIVED)
    await bench.studio.edit(one.id, one.main, "Second.")
    bench.restart()

    said = [await bench.undoes() for _ in range(3)]

    assert said == [
        "Undone: edited “Eins”; its text is that of v1 again, as v3.",
        "Undone: archived “Two”.",
        "Undone: renamed “One” to “Eins”.",
    ]
    content = await bench.studio.content(one.id)
    assert (content.title, content.versions[-1].text) == ("One", "First.")
    assert (await bench.studio.content(two.id)).status is Status.DRAFT


async def test_every_decision_can_be_undone() -> None:
    bench = Bench(Script("Only talk."))
    content = await bench.written("One")
    main = content.main
    async for _ in bench.studio.conversation(content.id, main).send("Well?", TurnKind.REVISE):
        pass
    content, branch = await bench.studio.fork(content.id, main, 1, "spicier")
    studio = bench.studio
    await studio.rename_branch(content.id, branch.id, "mild")
    await studio.make_main(content.id, branch.id)
    await studio.make_main(content.id, main)
    await studio.take_draft(content.id, main, 1)
    await studio.approve(content.id, 2)
    await studio.publish(content.id, "a file")
    await studio.move(content.id, Status.DRAFT)
    await studio.move(content.id, Status.REVIEW)
    await studio.move(content.id, Status.ARCHIVED)
    await studio.unarchive(content.id)
    await studio.delete(content.id)

    said = [await bench.undoes() for _ in range(11)]

    assert said == [
        "Undone: deleted “One”.",
        "Undone: took “One” out of the archive.",
        "Undone: archived “One”.",
        "Undone: moved “One” to review.",
        "Undone: took “One” back to draft.",
        "Undone: marked v2 of “One” published; the file written stays.",
        "Undone: approved v2 of “One”.",
        "Undone: took an answer as the draft of “One”; its text is that of v1 again, as v3.",
        "Undone: made “main” the main branch of “One”.",
        "Undone: made “mild” the main branch of “One”.",
        "Undone: renamed branch “spicier” of “One” to “mild”.",
    ]
    now = await studio.content(content.id)
    assert now.branch(main).turns[0].version is None
    assert (now.status, now.main, now.approvals, now.publications) == (Status.DRAFT, main, (), ())


async def test_an_action_that_is_refused_or_changes_nothing_leaves_no_step() -> None:
    bench = Bench()
    content = await bench.written("One")
    await bench.studio.rename(content.id, "Two")
    await bench.studio.rename(content.id, "Two")
    await bench.studio.edit(content.id, content.main, "First.")
    with pytest.raises(Refused):
        await bench.studio.publish(content.id, "a file")
    assert await bench.undoes() == "Undone: renamed “One” to “Two”."


async def test_what_claude_wrote_since_is_not_undone_and_stops_no_other_undo() -> None:
    bench = Bench()
    content = await bench.written("One")
    await bench.studio.rename(content.id, "Two")
    await bench.studio.edit(content.id, content.main, "Mine.")
    async for _ in bench.studio.conversation(content.id, content.main).send("go", TurnKind.REVISE):
        pass
    written = await bench.studio.content(content.id)

    with pytest.raises(Refused, match="The draft of “Two” was changed since: it is v3 now"):
        await bench.studio.undo()

    assert (await bench.studio.content(content.id)).versions == written.versions
    assert await bench.undoes() == "Undone: renamed “One” to “Two”."
    with pytest.raises(Refused, match="it is v3 now"):
        await bench.studio.undo()
    with pytest.raises(Refused, match="There is nothing to undo"):
        await bench.studio.undo()


async def test_claude_is_told_the_text_that_an_undo_brought_back() -> None:
    bench = Bench()
    content = await bench.studio.create("One")
    talk = bench.studio.conversation(content.id, content.main)
    async for _ in talk.send("go", TurnKind.GENERATE):
        pass
    await bench.studio.edit(content.id, content.main, "Mine.")
    await bench.studio.undo()
    async for _ in talk.send("on", TurnKind.REVISE):
        pass
    now = await bench.studio.content(content.id)
    assert now.branch(content.main).turns[-1].told == 3


async def test_a_deleted_content_comes_back_with_its_name_or_its_id() -> None:
    bench = Bench()
    one, two = await bench.written("Same"), await bench.written("Same")
    for content in (one, two):
        await bench.studio.delete(content.id)
    assert {row.id for row in await bench.studio.trash()} == {one.id, two.id}
    assert (await bench.studio.catalog()).rows == ()
    with pytest.raises(Ambiguous):
        await bench.studio.restore("Same")
    assert await bench.studio.restore(one.id) == one
    with pytest.raises(NotFound, match=f"it holds: “Same” \\({two.id}\\)"):
        await bench.studio.restore("Other")
    assert await bench.studio.empty_trash() == 1
    with pytest.raises(NotFound, match="it holds: nothing"):
        await bench.studio.restore("Same")


async def test_a_content_in_which_claude_writes_is_not_deleted() -> None:
    bench = Bench(Script(is_held=True))
    content = await bench.written("One")
    talk = bench.studio.conversation(content.id, content.main)
    events = talk.send("go", TurnKind.REVISE)
    await anext(events)
    with pytest.raises(Refused, match="Claude is writing in “One”"):
        await bench.studio.delete(content.id)
    async for event in events:
        if isinstance(event, TextStreamed):
            talk.stop()
    assert talk.is_connected
    await bench.studio.delete(content.id)
    assert all(session.is_closed for session in bench.agent.open_sessions)
    undone = await bench.studio.undo()
    assert undone.content.branch(content.main).turns[-1].state is TurnState.STOPPED


async def test_a_content_that_another_program_writes_is_not_deleted() -> None:
    bench = Bench()
    content = await bench.written("One")
    claim = await bench.store.claim(content.main)
    assert claim is not None
    with pytest.raises(Refused):
        await bench.studio.delete(content.id)
    assert [row.id for row in (await bench.studio.catalog()).rows] == [content.id]
