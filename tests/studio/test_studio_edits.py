"""Edits by hand: what they are based on, and the words that are locked in them."""

import pytest

from tests.support.by_hand import edited
from tests.support.fakes import CountedIds, MemoryStore, Script, ScriptedAgent, ticking_clock
from tui.domain.content import Content, TurnKind
from tui.domain.errors import InvalidInput, NewerDraft, NotFound
from tui.domain.passage import Span
from tui.studio.studio import Studio

ONE, TWO = Span(0, 3), Span(4, 7)


@pytest.fixture
def studio() -> Studio:
    return Studio(MemoryStore(), ScriptedAgent(), ticking_clock(), CountedIds())


def locked(content: Content, number: int) -> list[str]:
    version = content.version(number)
    return [lock.of(version.text) for lock in version.locks]


async def test_an_edit_is_saved_with_its_locks_and_keeps_those_it_says_nothing_of(
    studio: Studio,
) -> None:
    edit = studio.decisions.edit_version
    content = await studio.create("One")
    content = await edit(content.id, content.main, "one two", on=None, locks=(ONE,))
    assert locked(content, 1) == ["one"]
    content = await edit(content.id, content.main, "so, one two", on=1)
    assert locked(content, 2) == ["one"]
    content = await edit(content.id, content.main, "one two.", on=2, locks=(TWO,))
    assert locked(content, 3) == ["two"]
    content = await edit(content.id, content.main, "one two.", on=3, locks=())
    assert (len(content.versions), locked(content, 3)) == (3, [])


async def test_an_edit_of_an_older_draft_is_refused(studio: Studio) -> None:
    edit = studio.decisions.edit_version
    content = await studio.create("One")
    content = await edit(content.id, content.main, "one", on=None)
    content = await edit(content.id, content.main, "two", on=1)
    with pytest.raises(NewerDraft, match="“One” has v2 by now"):
        await edit(content.id, content.main, "three", on=1)
    assert len((await studio.content(content.id)).versions) == 2


async def test_locks_are_set_and_taken_away_without_a_new_version(studio: Studio) -> None:
    content = await studio.create("One")
    content = await edited(studio, content.id, content.main, "one two")
    content = await studio.decisions.set_locks(content.id, 1, (ONE, TWO))
    assert (len(content.versions), locked(content, 1)) == (1, ["one", "two"])
    assert locked(await studio.decisions.set_locks(content.id, 1, ()), 1) == []
    with pytest.raises(NotFound, match="no version 2"):
        await studio.decisions.set_locks(content.id, 2, (ONE,))


async def test_claude_is_told_in_the_same_session_what_was_locked_meanwhile() -> None:
    agent = ScriptedAgent([Script("<draft>\none two\n</draft>\n")])
    studio = Studio(MemoryStore(), agent, ticking_clock(), CountedIds())
    content = await studio.create("One")
    talk = studio.conversation(content.id, content.main)
    for prompt in ("begin", "go on"):
        async for _ in talk.send(prompt, TurnKind.REVISE):
            pass
        await studio.decisions.set_locks(content.id, 1, (TWO,))
    (session, first), (same, second) = agent.prompts
    assert session == same
    assert "<locked>" not in first
    assert second.endswith("Locked:\ntwo\n</locked>\n\ngo on")
    await studio.close()


async def test_a_label_and_a_combined_text_are_each_a_step_that_is_undone(studio: Studio) -> None:
    decisions = studio.decisions
    content = await studio.create("One")
    for text in ("one", "two"):
        await edited(studio, content.id, content.main, text)
    labelled = await decisions.label_version(content.id, 1, "  green  ")
    assert labelled.version(1).label == "green"
    assert (await decisions.label_version(content.id, 1, " ")).version(1).label == ""
    combined = await decisions.save_combined(content.id, content.main, "one\n\ntwo", (1, 2))
    assert [step.action for step in combined.undo[2:]] == ["label", "label", "combine"]
    assert [(await studio.undo_list.undo()).sentence for _ in range(3)] == [
        "v2 is the draft again, as v4.",
        "v1 is labelled “green” again.",
        "v1 has no label again.",
    ]


async def test_a_label_that_is_too_long_is_called_a_label(studio: Studio) -> None:
    content = await studio.create("One")
    await edited(studio, content.id, content.main, "one")
    with pytest.raises(InvalidInput, match="The label is 61 characters long"):
        await studio.decisions.label_version(content.id, 1, "x" * 61)
    with pytest.raises(InvalidInput, match="The label is 61 characters long"):
        await studio.decisions.label_turn(content.id, content.main, 1, "x" * 61)
