"""Undo and trash as the studio offers them: newest first, across contents and restarts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.by_hand import edited
from tests.support.fakes import (
    CountedIds,
    FakeWho,
    MemoryStore,
    Script,
    ScriptedAgent,
    ticking_clock,
)
from tui.domain.content import Author, Choice, Content, TurnKind, TurnState
from tui.domain.errors import Ambiguous, NotFound, Refused
from tui.domain.events import TextStreamed
from tui.domain.ids import ContentId
from tui.domain.status import Status
from tui.domain.steps import done_words
from tui.store.library import TinyStore
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
        return await edited(self.studio, content.id, content.main, text)

    async def undoes(self) -> str:
        return (await self.studio.undo_list.undo()).sentence

    def restart(self) -> None:
        self.studio = Studio(self.store, self.agent, self.clock, CountedIds())


async def test_every_step_says_what_was_done() -> None:
    bench = Bench(Script("Only talk."))
    content = await bench.written("One")
    own, main, decisions = content.id, content.main, bench.studio.decisions
    async for _ in bench.studio.conversation(own, main).send("go", TurnKind.ASK):
        pass
    _, fork = await bench.studio.fork(own, main, 1, "another")
    done = [
        await decisions.rename(own, "Eins"),
        await decisions.tag(own, (), ("ops",)),
        await decisions.rename_branch(own, fork.id, "other"),
        await decisions.label_turn(own, main, 1, "calm"),
        await decisions.take_draft(own, main, 1),
        await decisions.save_choice(own, main, "Chosen.", Choice(2, 1, 2)),
        await decisions.save_combined(own, main, "First.\n\nOnly talk.", (1, 2)),
        await decisions.bring_back(own, main, 1),
        await decisions.archive_branch(own, fork.id),
        await decisions.restore_branch(own, fork.id),
        await decisions.make_main(own, fork.id),
        await decisions.move(own, Status.REVIEW),
        await decisions.move(own, Status.DRAFT),
        await decisions.approve(own, 1),
        await decisions.move(own, Status.ARCHIVED),
        await decisions.unarchive(own),
    ]
    assert [
        done_words("It", content.undo[-1].action).removeprefix("“It” ") for content in done
    ] == [
        "was renamed",
        "got other tags",
        "got another name for a branch",
        "got another label at a turn",
        "took an answer as its draft",
        "got a draft made of some changes",
        "got a draft put together from several",
        "got an older text back",
        "got a branch archived",
        "got a branch out of the archive",
        "got another main branch",
        "was put in review",
        "was made a draft again",
        "was approved",
        "was archived",
        "was taken out of the archive",
    ]


async def test_the_last_thing_is_undone_first_across_contents_and_a_restart() -> None:
    bench = Bench()
    one, two = await bench.written("One"), await bench.written("Two")
    await bench.studio.decisions.rename(one.id, "Eins")
    await bench.studio.decisions.move(two.id, Status.ARCHIVED)
    await edited(bench.studio, one.id, one.main, "Second.")
    bench.restart()

    said = [await bench.undoes() for _ in range(3)]

    assert said == [
        "v1 is the draft again, as v3.",
        "“Two” is a draft again.",
        "The title is “One” again.",
    ]
    content = await bench.studio.content(one.id)
    assert (content.title, content.versions[-1].text) == ("One", "First.")
    assert (await bench.studio.content(two.id)).status is Status.DRAFT


async def test_every_decision_can_be_undone(tmp_path: Path) -> None:
    bench = Bench(Script("Only talk."))
    content = await bench.written("One")
    main = content.main
    async for _ in bench.studio.conversation(content.id, main).send("Well?", TurnKind.REVISE):
        pass
    content, branch = await bench.studio.fork(content.id, main, 1, "spicier")
    studio = bench.studio
    await studio.decisions.label_turn(content.id, main, 1, "the calm one")
    await studio.decisions.tag(content.id, (), ("ops",))
    await studio.decisions.rename_branch(content.id, branch.id, "mild")
    await studio.decisions.archive_branch(content.id, branch.id)
    await studio.decisions.restore_branch(content.id, branch.id)
    await studio.decisions.make_main(content.id, branch.id)
    await studio.decisions.make_main(content.id, main)
    await studio.decisions.take_draft(content.id, main, 1)
    await studio.decisions.bring_back(content.id, main, 1)
    await studio.decisions.approve(content.id, 2)
    await studio.decisions.publish_to_file(content.id, tmp_path / "a file")
    await studio.decisions.move(content.id, Status.DRAFT)
    await studio.decisions.move(content.id, Status.REVIEW)
    await studio.decisions.move(content.id, Status.ARCHIVED)
    await studio.decisions.unarchive(content.id)
    await studio.trash.delete(content.id)

    said = [await bench.undoes() for _ in range(16)]

    assert said == [
        "“One” is back from the trash.",
        "“One” is archived again.",
        "“One” is in review again.",
        "“One” is a draft again.",
        "“One” is published again.",
        "“One” is approved again. The file stays where it was written.",
        "“One” is a draft again.",
        "v2 is the draft again, as v4.",
        "v1 is the draft again, as v5.",
        "“mild” is the main branch again.",
        "“first draft” is the main branch again.",
        "The branch “mild” is archived again.",
        "The branch “mild” is out of the archive again.",
        "The branch “mild” is called “spicier” again.",
        "“One” has no tags again.",
        "Turn 1 has no label again.",
    ]
    now = await studio.content(content.id)
    assert now.branch(main).turns[0].version is None
    assert (now.status, now.main, now.approvals, now.publications) == (Status.DRAFT, main, (), ())


async def test_an_action_that_is_refused_or_changes_nothing_leaves_no_step(tmp_path: Path) -> None:
    bench = Bench()
    content = await bench.written("One")
    await bench.studio.decisions.rename(content.id, "Two")
    await bench.studio.decisions.rename(content.id, "Two")
    await bench.studio.decisions.tag(content.id, (), ())
    await edited(bench.studio, content.id, content.main, "First.")
    with pytest.raises(Refused):
        await bench.studio.decisions.publish_to_file(content.id, tmp_path / "a file")
    assert await bench.undoes() == "The title is “One” again."


async def test_what_claude_wrote_since_is_not_undone_and_stops_no_other_undo() -> None:
    bench = Bench()
    content = await bench.written("One")
    await bench.studio.decisions.rename(content.id, "Two")
    await edited(bench.studio, content.id, content.main, "Mine.")
    async for _ in bench.studio.conversation(content.id, content.main).send("go", TurnKind.REVISE):
        pass
    written = await bench.studio.content(content.id)

    with pytest.raises(Refused, match="The draft of “Two” has changed since: it is v3 now"):
        await bench.studio.undo_list.undo()

    assert (await bench.studio.content(content.id)).versions == written.versions
    assert await bench.undoes() == "The title is “One” again."
    with pytest.raises(Refused, match="it is v3 now"):
        await bench.studio.undo_list.undo()
    with pytest.raises(Refused, match="There is nothing to undo"):
        await bench.studio.undo_list.undo()


async def test_claude_is_told_the_text_that_an_undo_brought_back() -> None:
    bench = Bench()
    content = await bench.studio.create("One")
    talk = bench.studio.conversation(content.id, content.main)
    async for _ in talk.send("go", TurnKind.GENERATE):
        pass
    await edited(bench.studio, content.id, content.main, "Mine.")
    await bench.studio.undo_list.undo()
    async for _ in talk.send("on", TurnKind.REVISE):
        pass
    now = await bench.studio.content(content.id)
    assert now.branch(content.main).turns[-1].told == 3


async def test_claude_is_told_once_of_a_version_that_was_brought_back() -> None:
    bench = Bench(
        Script("<draft>\nFirst, by Claude.\n</draft>"),
        Script("<draft>\nSecond, by Claude.\n</draft>"),
        Script("Yes."),
        Script("Yes."),
    )
    content = await bench.studio.create("One")
    main = content.main
    talk = bench.studio.conversation(content.id, main)
    for kind in (TurnKind.GENERATE, TurnKind.REVISE):
        async for _ in talk.send("go", kind):
            pass
    with pytest.raises(Refused, match="v2 is the draft already"):
        await bench.studio.decisions.bring_back(content.id, main, 2)
    brought = await bench.studio.decisions.bring_back(content.id, main, 1)
    with pytest.raises(Refused, match="The draft, v3, has the text of v1 already"):
        await bench.studio.decisions.bring_back(content.id, main, 1)
    draft = brought.draft(main)
    assert draft is not None
    assert (draft.number, draft.text, draft.restored_from, draft.author) == (
        3,
        "First, by Claude.",
        1,
        Author.YOU,
    )
    for _ in range(2):
        async for _ in talk.send("Is it good?", TurnKind.ASK):
            pass
    told = ["First, by Claude." in prompt for _, prompt in bench.agent.prompts]
    assert told == [False, False, True, False]
    assert await bench.undoes() == "v2 is the draft again, as v4."


# -- redo ----------------------------------------------------------------------------------------


async def test_what_was_undone_last_is_done_again_first() -> None:
    bench = Bench()
    one, two = await bench.written("One"), await bench.written("Two")
    await edited(bench.studio, one.id, one.main, "Second.")
    await bench.studio.decisions.rename(two.id, "Zwei")
    await bench.studio.trash.delete(one.id)
    for _ in range(3):
        await bench.undoes()

    said = [(await bench.studio.undo_list.redo()).sentence for _ in range(3)]

    assert said == [
        "v2 is the draft again, as v4.",
        "The title is “Zwei” again.",
        "“One” is in the trash again.",
    ]
    assert [row.title for row in (await bench.studio.catalog()).rows] == ["Zwei"]
    with pytest.raises(Refused, match="There is nothing to redo"):
        await bench.studio.undo_list.redo()
    assert [await bench.undoes() for _ in range(3)] == [
        "“One” is back from the trash.",
        "The title is “Two” again.",
        "v1 is the draft again, as v5.",
    ]


async def test_what_is_deleted_again_is_said_to_be_in_the_trash() -> None:
    bench = Bench()
    content = await bench.written("One")
    await bench.studio.trash.delete(content.id)
    assert not (await bench.studio.undo_list.undo()).is_in_trash
    assert (await bench.studio.undo_list.redo()).is_in_trash
    assert [row.id for row in await bench.studio.trash.rows()] == [content.id]


async def test_a_new_decision_leaves_nothing_to_redo() -> None:
    bench = Bench()
    one = await bench.written("One")
    await bench.studio.decisions.rename(one.id, "Two")
    await bench.undoes()
    await bench.studio.decisions.rename(one.id, "One")  # Changes nothing, so it decides nothing.
    await bench.studio.undo_list.redo()
    await bench.undoes()
    await edited(bench.studio, one.id, one.main, "Second.")
    with pytest.raises(Refused, match="There is nothing to redo"):
        await bench.studio.undo_list.redo()
    await bench.undoes()
    bench.restart()
    with pytest.raises(Refused, match="There is nothing to redo"):
        await bench.studio.undo_list.redo()


async def test_a_decision_that_comes_while_something_is_redone_stays_undone_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench()
    one, two = await bench.written("One"), await bench.written("Two")
    await bench.studio.decisions.rename(one.id, "Eins")
    await bench.undoes()
    update = bench.store.update

    async def late(content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        monkeypatch.undo()
        await bench.studio.decisions.rename(two.id, "Zwei")
        return await update(content_id, change)

    monkeypatch.setattr(bench.store, "update", late)
    assert (await bench.studio.undo_list.redo()).content.title == "Eins"
    with pytest.raises(Refused, match="nothing to redo"):
        await bench.studio.undo_list.redo()
    assert await bench.undoes() == "The title is “One” again."


async def test_nothing_is_redone_over_what_another_program_changed() -> None:
    bench = Bench()
    one = await bench.written("One")
    await bench.studio.decisions.rename(one.id, "Two")
    await bench.studio.trash.delete(one.id)
    await bench.undoes()
    other = Studio(bench.store, bench.agent, bench.clock, CountedIds())
    await edited(other, one.id, one.main, "By another program.")
    with pytest.raises(Refused, match="“Two” has changed since, so it was not deleted again"):
        await bench.studio.undo_list.redo()
    with pytest.raises(Refused, match="There is nothing to redo"):
        await bench.studio.undo_list.redo()
    assert [row.title for row in (await bench.studio.catalog()).rows] == ["Two"]


async def test_what_was_undone_before_a_restoration_cannot_be_redone_after_it() -> None:
    bench = Bench()
    one, two = await bench.written("One"), await bench.written("Two")
    await bench.studio.trash.delete(two.id)
    await bench.studio.decisions.rename(one.id, "Eins")
    await bench.undoes()
    await bench.studio.trash.restore("Two")
    with pytest.raises(Refused, match="nothing to redo"):
        await bench.studio.undo_list.redo()


async def test_a_deleted_content_comes_back_with_its_name_or_its_id() -> None:
    bench = Bench()
    one, two = await bench.written("Same"), await bench.written("Same")
    for content in (one, two):
        await bench.studio.trash.delete(content.id)
    assert {row.id for row in await bench.studio.trash.rows()} == {one.id, two.id}
    assert (await bench.studio.catalog()).rows == ()
    with pytest.raises(Ambiguous):
        await bench.studio.trash.restore("Same")
    assert await bench.studio.trash.restore(one.id) == one
    with pytest.raises(NotFound, match=f"it holds: “Same” \\({two.id}\\)"):
        await bench.studio.trash.restore("Other")
    for number in range(6):
        more = await bench.written(f"More {number}")
        await bench.studio.trash.delete(more.id)
    with pytest.raises(NotFound, match=r"“More 5”.*“More 1”") as refused:
        await bench.studio.trash.restore("Other")
    assert "“More 0”" not in str(refused.value)
    assert await bench.studio.trash.empty() == 7
    with pytest.raises(NotFound, match="it holds: nothing"):
        await bench.studio.trash.restore("Same")


async def test_a_deletion_whose_place_is_taken_is_stepped_over() -> None:
    bench = Bench()
    other, one = await bench.written("Other"), await bench.written("One")
    await bench.studio.decisions.rename(other.id, "Another")
    await bench.studio.trash.delete(one.id)
    await bench.store.create(one)  # A bundle brought an older copy back.
    with pytest.raises(Refused, match="the newest step is another one by now"):
        await bench.undoes()
    assert await bench.undoes() == "The title is “Other” again."
    assert [row.id for row in await bench.studio.trash.rows()] == [one.id]
    assert await bench.studio.content(one.id) == one


async def test_a_content_in_which_claude_writes_is_not_deleted() -> None:
    bench = Bench(Script(is_held=True))
    content = await bench.written("One")
    talk = bench.studio.conversation(content.id, content.main)
    events = talk.send("go", TurnKind.REVISE)
    await anext(events)
    with pytest.raises(Refused, match="Claude is writing in “One”"):
        await bench.studio.trash.delete(content.id)
    async for event in events:
        if isinstance(event, TextStreamed):
            talk.stop()
    assert talk.is_connected
    await bench.studio.trash.delete(content.id)
    assert all(session.is_closed for session in bench.agent.open_sessions)
    undone = await bench.studio.undo_list.undo()
    assert undone.content.branch(content.main).turns[-1].state is TurnState.STOPPED


async def test_a_content_that_another_program_writes_is_not_deleted() -> None:
    bench = Bench()
    content = await bench.written("One")
    lease = await bench.store.leases.take(content.main)
    assert lease is not None
    with pytest.raises(Refused):
        await bench.studio.trash.delete(content.id)
    assert [row.id for row in (await bench.studio.catalog()).rows] == [content.id]


# -- two programs, and two people -----------------------------------------------------------------


def beside(bench: Bench, person: str = "") -> Studio:
    """Return a studio of another program on the same library."""
    return Studio(bench.store, ScriptedAgent(), bench.clock, CountedIds(), who=FakeWho(person))


async def test_a_step_of_another_program_is_named_before_it_is_taken_back() -> None:
    bench = Bench()
    one, two = await bench.written("One"), await bench.written("Two")
    await bench.studio.decisions.rename(one.id, "Eins")
    await beside(bench).decisions.move(two.id, Status.REVIEW)

    with pytest.raises(Refused) as refused:
        await bench.studio.undo_list.undo()
    assert str(refused.value) == (
        "Nothing was undone: the newest step is another one by now, “Two” was put in review. "
        "Undo again takes that back."
    )
    assert (await bench.studio.content(two.id)).status is Status.REVIEW
    assert await bench.undoes() == "“Two” is a draft again."
    await beside(bench).trash.delete(two.id)
    with pytest.raises(Refused) as refused:
        await bench.studio.undo_list.undo()
    assert str(refused.value) == (
        "Nothing was undone: the newest step is another one by now, “Two” was deleted. "
        "Undo again takes that back."
    )
    assert await bench.undoes() == "“Two” is back from the trash."
    assert await bench.undoes() == "The title is “One” again."


async def test_a_step_that_another_program_took_back_does_not_let_an_older_one_go() -> None:
    bench = Bench()
    one, two = await bench.written("One"), await bench.written("Two")
    await bench.studio.decisions.rename(two.id, "Zwei")
    await bench.studio.decisions.rename(one.id, "Eins")
    assert (await beside(bench).undo_list.undo()).sentence == "The title is “One” again."

    with pytest.raises(Refused, match="by now, “Zwei” was renamed"):
        await bench.studio.undo_list.undo()
    assert await bench.undoes() == "The title is “Two” again."


async def test_a_step_that_comes_while_an_undo_looks_is_not_taken_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench()
    one = await bench.written("One")
    await bench.studio.decisions.rename(one.id, "Eins")
    other, update = beside(bench), bench.store.update

    async def late(content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        monkeypatch.undo()
        await other.decisions.rename(one.id, "Uno")
        return await update(content_id, change)

    monkeypatch.setattr(bench.store, "update", late)
    with pytest.raises(Refused, match="by now, “Uno” was renamed"):
        await bench.studio.undo_list.undo()
    assert (await bench.studio.content(one.id)).title == "Uno"
    assert await bench.undoes() == "The title is “Eins” again."
    assert await bench.undoes() == "The title is “One” again."


async def test_another_persons_step_is_never_taken_back() -> None:
    bench = Bench()
    mine, ours = await bench.written("Mine"), await bench.written("Ours")  # Older: by nobody.
    bens = await bench.written("Ben's")
    bench.studio = beside(bench, "ann@desk")
    ben = beside(bench, "ben@sofa")
    await bench.studio.decisions.rename(ours.id, "Unser")
    await bench.studio.decisions.rename(mine.id, "Meins")
    await ben.decisions.move(ours.id, Status.REVIEW)
    await ben.trash.delete(bens.id)

    assert await bench.undoes() == "The title is “Mine” again."
    with pytest.raises(Refused, match="v1 is the first text of “Mine”"):
        await bench.studio.undo_list.undo()
    with pytest.raises(Refused) as refused:
        await bench.studio.undo_list.undo()
    assert str(refused.value) == (
        "There is nothing of yours to undo: the last step in “Ben's” is ben@sofa's."
    )
    assert (await bench.studio.content(ours.id)).status is Status.REVIEW
    assert len(await bench.studio.trash.rows()) == 1
    assert (await ben.undo_list.undo()).sentence == "“Ben's” is back from the trash."
    assert (await ben.undo_list.undo()).sentence == "“Unser” is a draft again."
    assert await bench.undoes() == "The title is “Ours” again."


async def test_a_deletion_that_cannot_be_undone_blocks_nothing_and_lets_no_other_one_go(
    tmp_path: Path,
) -> None:
    store, clock = await TinyStore.open(tmp_path), ticking_clock()
    ids = CountedIds()
    ann, ben = (
        Studio(store, ScriptedAgent(), clock, ids, who=FakeWho(f"{name}@mac"))
        for name in ("ann", "ben")
    )
    two, one = await ann.create("Two"), await ann.create("One")
    await ann.decisions.rename(two.id, "Zwei")
    await ann.trash.delete(one.id)
    await store.create(one)  # As an import of a bundle does.
    with pytest.raises(Refused, match="by now, “Zwei” was renamed"):
        await ann.undo_list.undo()
    assert (await ann.undo_list.undo()).sentence == "The title is “Two” again."
    await ann.decisions.rename(one.id, "Eins")
    assert (await ann.undo_list.undo()).sentence == "The title is “One” again."
    await ben.trash.delete(one.id)
    with pytest.raises(Refused, match="nothing of yours to undo"):
        await ann.undo_list.undo()
    assert [row.undo_author for row in await ann.trash.rows()] == ["ben@mac", "ann@mac"]
    await store.close()


async def test_what_is_done_again_is_ones_own_step() -> None:
    bench = Bench()
    one = await bench.written("One")
    bench.studio = beside(bench, "ann@desk")
    await bench.studio.decisions.rename(one.id, "Eins")
    await bench.undoes()
    await bench.studio.undo_list.redo()
    await beside(bench, "ben@sofa").decisions.rename(one.id, "Uno")
    assert [step.by.id for step in (await bench.studio.content(one.id)).undo] == [
        "",
        "ann@desk",
        "ben@sofa",
    ]


async def test_tags_of_two_programs_are_put_together_saved_and_undone(tmp_path: Path) -> None:
    first, second = [await TinyStore.open(tmp_path / "library") for _ in range(2)]
    here, there = [
        Studio(store, ScriptedAgent(), ticking_clock(), CountedIds()) for store in (first, second)
    ]
    content = await here.create("One", tags=["#ops", "old"])
    seen = (await there.content(content.id)).tags
    await here.decisions.tag(content.id, content.tags, ("weekly", "ops", "old"))
    tagged = await there.decisions.tag(content.id, seen, ("ops", "talk"))
    assert tagged.tags == ("ops", "talk", "weekly")
    await here.close()
    await there.close()

    store = await TinyStore.open(tmp_path / "library")
    studio = Studio(store, ScriptedAgent(), ticking_clock(), CountedIds())
    assert [row.tags for row in (await studio.catalog()).rows] == [tagged.tags]
    undone = await studio.undo_list.undo()
    assert undone.sentence == "“One” has the tags #weekly #ops #old again."
    assert (await studio.undo_list.redo()).content.tags == tagged.tags
    assert (await studio.undo_list.undo()).content.tags == ("weekly", "ops", "old")
    assert (await studio.undo_list.undo()).content.tags == ("ops", "old")
    assert (await studio.content(content.id)).tags == ("ops", "old")
    await studio.close()
