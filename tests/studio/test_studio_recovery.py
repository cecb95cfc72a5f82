"""Turns whose program died, and sessions that are gone: what becomes of them in the studio."""

import asyncio
from dataclasses import replace

import pytest

from tests.support.by_hand import edited
from tests.support.fakes import CountedIds, MemoryStore, Script, ScriptedAgent, ticking_clock
from tui.domain.changes import with_turn
from tui.domain.content import Content, Turn, TurnKind, TurnState
from tui.domain.errors import AgentProblem, Refused
from tui.domain.events import Event, FoundEvent, MessageCommitted, Noticed, ToolEnded, ToolStarted
from tui.domain.ids import MessageId
from tui.domain.passage import Passage, Span
from tui.domain.tools import ToolState
from tui.studio.running_turn import REBUILT
from tui.studio.studio import Studio

DRAFT = "Here.\n<draft>\n# One\n\nFirst text.\n</draft>\n"
TALK, REST = "Well, here it is.\n", "<draft>\n# One\n\nFound text.\n</draft>\n"
FOUND = (MessageCommitted(MessageId("a1"), TALK), MessageCommitted(MessageId("a2"), REST))


class Crashed:
    """A library whose last program died in the middle of a turn, and the next program on it."""

    def __init__(self, recover_after: float | None = None) -> None:
        self.store = MemoryStore()
        self.agent = ScriptedAgent([Script(DRAFT), Script(DRAFT, is_held=True)])
        self.recover_after = recover_after
        self.studio = self.program()

    def program(self) -> Studio:
        return Studio(
            self.store,
            self.agent,
            ticking_clock(),
            CountedIds(),
            recover_after=self.recover_after,
        )

    async def crash(self, *talks: str) -> Content:
        """Write one turn, and one for each talk, die in the next one, and start anew."""
        content = await self.studio.create("One", brief="about one")
        talk = self.studio.conversation(content.id, content.main)
        self.agent.scripts[1:1] = map(Script, talks)
        for prompt in ("one", *talks):
            async for _ in talk.send(prompt, TurnKind.GENERATE):
                pass
        await anext(talk.send("two", TurnKind.REVISE))
        left = self.store.contents[content.id]
        self.agent.release.set()
        await talk.ended()
        await self.studio.close()
        self.store.contents[content.id] = left
        self.agent.prompts.clear()
        self.agent.specs.clear()
        self.studio = self.program()
        return left

    def last(self, content: Content) -> Turn:
        return self.store.contents[content.id].branch(content.main).turns[-1]


async def test_what_claude_answered_meanwhile_ends_the_turn_with_its_version() -> None:
    crashed = Crashed()
    content = await crashed.crash()
    turn = crashed.last(content)
    crashed.agent.answers[turn.id] = FOUND

    found = await crashed.studio.content(content.id)

    ended = found.branch(content.main).turns[-1]
    assert (ended.state, ended.reply, ended.anchor) == (TurnState.FINISHED, TALK + REST, "a2")
    assert ended.ended_at is not None
    assert ended.version == 2
    assert found.version(2).text == "# One\n\nFound text."
    assert crashed.agent.asked == [(content.branch(content.main).session, turn.id)]
    assert await crashed.studio.content(content.id) == found
    assert len(crashed.agent.asked) == 1
    assert crashed.store.taken == set()


async def test_the_turns_before_the_one_that_was_left_stay_as_they_are() -> None:
    crashed = Crashed()
    content = await crashed.crash("Talk.", "More.")
    crashed.agent.answers[crashed.last(content).id] = FOUND

    turns = (await crashed.studio.content(content.id)).branch(content.main).turns

    assert turns[:3] == content.branch(content.main).turns[:3]
    assert (turns[3].prompt, turns[3].reply, turns[3].version) == ("two", TALK + REST, 2)


async def test_what_claude_answered_about_a_passage_changes_nothing_else() -> None:
    crashed = Crashed()
    content = await crashed.crash()
    turn = replace(crashed.last(content), passage=Passage(1, Span(7, 12)))
    crashed.store.contents[content.id] = with_turn(content, content.main, turn)
    answer = MessageCommitted(MessageId("a1"), "<draft>\nSecond\n</draft>\n")
    crashed.agent.answers[turn.id] = (answer,)

    found = await crashed.studio.content(content.id)

    assert found.version(1).text == "# One\n\nFirst text."
    assert found.version(2).text == "# One\n\nSecond text."


async def test_what_claude_read_meanwhile_is_in_the_turn() -> None:
    crashed = Crashed()
    content = await crashed.crash()
    turn = crashed.last(content)
    crashed.agent.answers[turn.id] = (
        MessageCommitted(MessageId("a1"), "Let me look."),
        ToolStarted("r1", "Read", "/notes/a.md"),
        ToolEnded("r1", ToolState.DONE, "a fact"),
        ToolStarted("r2", "Read", "/notes/b.md"),
        MessageCommitted(MessageId("a2"), REST),
    )

    found = await crashed.studio.content(content.id)

    ended = found.branch(content.main).turns[-1]
    assert ended.reply == f"Let me look.\n\n{REST}"
    assert [use.subject for use in ended.tools] == ["/notes/a.md", "/notes/b.md"]
    assert [use.state for use in ended.tools] == [ToolState.DONE, ToolState.UNFINISHED]
    assert found.version(2).text == "# One\n\nFound text."


@pytest.mark.parametrize("last", ["running", "done", "no word"])
async def test_an_answer_that_ends_with_a_tool_is_not_finished(last: str) -> None:
    crashed = Crashed()
    content = await crashed.crash()
    turn = crashed.last(content)
    found: list[FoundEvent] = [ToolStarted("r1", "Read", "/notes/a.md")]
    if last != "no word":
        found.insert(0, MessageCommitted(MessageId("a1"), "Let me look."))
    found += [ToolEnded("r1", ToolState.DONE, "a fact")] * (last == "done")
    crashed.agent.answers[turn.id] = tuple(found)
    # What had been streamed after the tool was kept now and then.
    arrived = {"running": "Let me", "done": f"Let me look.\n\n{REST[:20]}", "no word": ""}[last]
    kept = with_turn(content, content.main, replace(turn, reply=arrived))
    crashed.store.contents[content.id] = kept

    ended = (await crashed.studio.content(content.id)).branch(content.main).turns[-1]

    assert (ended.state, ended.anchor) == (TurnState.INTERRUPTED, None)
    assert ended.reply == ("Let me look." if last == "running" else arrived)
    assert [use.subject for use in ended.tools] == ["/notes/a.md"]
    assert ended.version is None


async def test_without_an_answer_the_turn_is_interrupted() -> None:
    for answer in (None, ()):
        crashed = Crashed()
        content = await crashed.crash()
        if answer is not None:
            crashed.agent.answers[crashed.last(content).id] = answer
        (_, ended) = (await crashed.studio.content(content.id)).branch(content.main).turns
        assert (ended.state, ended.reply, ended.anchor) == (TurnState.INTERRUPTED, "", None)


async def test_an_agent_that_cannot_tell_leaves_the_turn_interrupted() -> None:
    crashed = Crashed()
    content = await crashed.crash()

    async def answer(*_: object) -> None:
        raise AgentProblem("No.")

    crashed.agent.answer = answer  # type: ignore[assignment]
    await crashed.studio.content(content.id)
    assert crashed.last(content).state is TurnState.INTERRUPTED


async def test_behind_a_screen_the_content_is_shown_at_once_and_ended_later() -> None:
    crashed = Crashed(recover_after=0.05)
    content = await crashed.crash()
    crashed.agent.answers[crashed.last(content).id] = FOUND

    shown = await crashed.studio.content(content.id)
    assert shown.branch(content.main).turns[-1].state is TurnState.RUNNING
    assert crashed.agent.asked == []
    async with asyncio.timeout(2):
        while crashed.last(content).state is TurnState.RUNNING:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert crashed.last(content).version == 2
    await crashed.studio.close()


async def test_a_prompt_waits_for_what_was_left_and_goes_on_from_it() -> None:
    crashed = Crashed(recover_after=60)
    content = await crashed.crash()
    crashed.agent.answers[crashed.last(content).id] = FOUND
    await crashed.studio.content(content.id)

    talk = crashed.studio.conversation(content.id, content.main)
    async for _ in talk.send("three", TurnKind.REVISE):
        pass

    assert [spec.anchor for spec in crashed.agent.specs] == ["a2"]
    states = [turn.state for turn in crashed.store.contents[content.id].branches[0].turns]
    assert states == [TurnState.FINISHED] * 3
    await crashed.studio.close()


async def test_leaving_before_anything_is_found_out_loses_nothing() -> None:
    crashed = Crashed(recover_after=60)
    content = await crashed.crash()
    await crashed.studio.content(content.id)
    await crashed.studio.close()
    assert crashed.last(content).state is TurnState.RUNNING
    assert crashed.store.taken == set()


async def test_a_turn_of_another_program_that_lives_is_left_alone() -> None:
    crashed = Crashed()
    content = await crashed.crash()
    assert await crashed.store.leases.take(content.main) is not None
    await crashed.studio.content(content.id)
    assert crashed.last(content).state is TurnState.RUNNING
    assert crashed.agent.asked == []


async def test_a_lost_session_is_rebuilt_and_shown_as_rebuilt() -> None:
    store, agent = MemoryStore(), ScriptedAgent([Script(DRAFT)])
    studio = Studio(store, agent, ticking_clock(), CountedIds())
    content = await studio.create("One", brief="about one")
    talk = studio.conversation(content.id, content.main)
    async for _ in talk.send("one", TurnKind.GENERATE):
        pass
    await talk.disconnect()
    old = store.contents[content.id].branch(content.main).session
    agent.lost.add(old)
    await edited(studio, content.id, content.main, "# One\n\nBy hand.")

    events: list[Event] = [event async for event in talk.send("two", TurnKind.REVISE)]

    assert Noticed(REBUILT) in events
    branch = store.contents[content.id].branch(content.main)
    assert branch.session != old
    assert [turn.is_retold for turn in branch.turns] == [False, True]
    assert branch.turns[-1].state is TurnState.FINISHED
    assert branch.turns[-1].told == 2
    session, prompt = agent.prompts[-1]
    assert session == branch.session
    assert "<earlier-conversation>" in prompt
    assert "First text." in prompt
    async for _ in talk.send("three", TurnKind.REVISE):
        pass
    assert not store.contents[content.id].branch(content.main).turns[-1].is_retold


async def test_the_anchor_is_asked_for_when_a_session_is_resumed() -> None:
    crashed = Crashed()
    content = await crashed.crash()
    first = content.branch(content.main).turns[0]
    await crashed.studio.content(content.id)
    talk = crashed.studio.conversation(content.id, content.main)
    async for _ in talk.send("two, again", TurnKind.REVISE):
        pass
    (spec,) = crashed.agent.specs
    assert spec == replace(spec, anchor=first.anchor, is_new=False)


async def test_whoever_only_reads_neither_waits_for_an_answer_nor_gives_it_up() -> None:
    crashed = Crashed()
    content = await crashed.crash()
    crashed.agent.orphaned.add(content.branch(content.main).session)
    crashed.agent.answers[crashed.last(content).id] = FOUND
    crashed.agent.release.clear()

    async with asyncio.timeout(2):
        assert await crashed.studio.content(content.id) == content
    assert crashed.store.taken == set()

    crashed.agent.release.set()
    (_, ended) = (await crashed.studio.content(content.id)).branch(content.main).turns
    assert (ended.state, ended.version) == (TurnState.FINISHED, 2)


async def test_a_prompt_waits_for_an_answer_that_is_still_being_written() -> None:
    crashed = Crashed()
    content = await crashed.crash()
    crashed.agent.orphaned.add(content.branch(content.main).session)
    crashed.agent.answers[crashed.last(content).id] = FOUND
    crashed.agent.release.clear()
    talk = crashed.studio.conversation(content.id, content.main)

    sending = asyncio.ensure_future(anext(talk.send("three", TurnKind.REVISE)))
    async with asyncio.timeout(2):
        while not crashed.store.taken:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert await crashed.studio.content(content.id) == content
    assert not sending.done()
    crashed.agent.release.set()
    await sending
    await talk.ended()

    states = [turn.state for turn in crashed.store.contents[content.id].branches[0].turns]
    assert states == [TurnState.FINISHED] * 3
    await crashed.studio.close()


@pytest.mark.parametrize("is_leaving", [False, True])
async def test_who_waits_for_an_answer_can_stop_or_leave(is_leaving: bool) -> None:
    crashed = Crashed(recover_after=0)
    content = await crashed.crash()
    crashed.agent.orphaned.add(content.branch(content.main).session)
    crashed.agent.release.clear()
    talk = crashed.studio.conversation(content.id, content.main)
    sending = asyncio.ensure_future(anext(talk.send("three", TurnKind.REVISE)))
    async with asyncio.timeout(2):
        while not crashed.store.taken:  # noqa: ASYNC110
            await asyncio.sleep(0)
        if is_leaving:
            await crashed.studio.close()
        else:
            talk.stop()
        with pytest.raises(Refused, match="was not sent"):
            await sending
        await talk.ended()
        await crashed.studio.close()
    assert crashed.store.contents[content.id] == content
    assert crashed.store.taken == set()
