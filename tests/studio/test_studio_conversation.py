"""A turn from prompt to saved result, on a scripted agent and a library in memory."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.by_hand import edited
from tests.support.fakes import (
    CountedIds,
    FakeLease,
    MemoryStore,
    Script,
    ScriptedAgent,
    ticking_clock,
)
from tui.domain.change_limits import ChangeLimits
from tui.domain.content import Content, TurnKind, TurnState
from tui.domain.errors import AgentProblem, InvalidInput, LibraryProblem, RedraftError, Refused
from tui.domain.events import (
    AnswerRestarted,
    Event,
    MessageCommitted,
    Outcome,
    RequestStarted,
    SavingDelayed,
    TextStreamed,
    TurnAccepted,
    TurnEnded,
    TurnSaved,
)
from tui.domain.ids import MessageId
from tui.domain.lease import LeaseOwner
from tui.domain.passage import Passage, Span
from tui.domain.person import Person
from tui.studio.running_turn import EMPTY
from tui.studio.studio import Studio

DRAFT = "Here.\n<draft>\n# One\n\nFirst text.\n</draft>\n"
SECOND = "Shorter.\n<draft>\n# One\n\nText.\n</draft>\n"


class Bench:
    """A studio with everything in reach of the test."""

    def __init__(self, *scripts: Script) -> None:
        self.agent = ScriptedAgent(list(scripts))
        self.store = MemoryStore()
        self.studio = Studio(self.store, self.agent, ticking_clock(), CountedIds())

    async def content(self, brief: str = "about one") -> Content:
        return await self.studio.create("One", brief=brief)

    async def send(
        self, content: Content, prompt: str, kind: TurnKind = TurnKind.REVISE, **where: Any
    ) -> list[Event]:
        branch = where.get("branch", content.main)
        talk = self.studio.conversation(content.id, branch)
        return [event async for event in talk.send(prompt, kind)]

    async def now(self, content: Content) -> Content:
        return await self.studio.content(content.id)


async def test_an_answer_without_a_word_is_told_and_is_no_success() -> None:
    bench = Bench(Script(events=(RequestStarted(), TurnEnded(Outcome.FINISHED, total_cost=0.1))))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    (turn,) = (await bench.now(content)).branch(content.main).turns
    assert (turn.state, turn.failure, turn.cost) == (TurnState.FAILED, EMPTY, 0.1)


async def test_a_finished_turn_is_told_in_order_and_saved_with_its_version() -> None:
    bench = Bench(Script(DRAFT))
    content = await bench.content()

    events = await bench.send(content, "about one", TurnKind.GENERATE)

    assert isinstance(events[0], TurnAccepted)
    assert isinstance(events[-1], TurnSaved)
    assert events[-1].version == 1
    assert "".join(e.text for e in events if isinstance(e, TextStreamed)) == DRAFT
    saved = await bench.now(content)
    (turn,) = saved.branch(saved.main).turns
    assert (turn.state, turn.reply, turn.version) == (TurnState.FINISHED, DRAFT, 1)
    assert saved.version(1).text == "# One\n\nFirst text."
    assert saved.branch(saved.main).is_live


async def test_the_prompt_is_saved_before_claude_gets_it() -> None:
    bench = Bench()
    content = await bench.content()
    saved_when_sent: list[tuple[str, TurnState]] = []

    def next_script() -> Script:
        (turn,) = bench.store.contents[content.id].branch(content.main).turns
        saved_when_sent.append((turn.prompt, turn.state))
        return Script(DRAFT)

    bench.agent.next_script = next_script  # type: ignore[method-assign]
    await bench.send(content, "about one", TurnKind.GENERATE)
    assert saved_when_sent == [("about one", TurnState.RUNNING)]


async def test_the_session_id_is_stored_with_the_content_before_the_first_turn() -> None:
    bench = Bench(Script(DRAFT))
    content = await bench.content()
    stored = (await bench.store.load(content.id)).branch(content.main).session

    await bench.send(content, "go", TurnKind.GENERATE)

    assert [spec.session for spec in bench.agent.specs] == [stored]
    assert bench.agent.specs[0].is_new


async def test_revisions_stay_on_one_connected_session() -> None:
    bench = Bench(Script(DRAFT), Script(SECOND), Script(SECOND))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await bench.send(content, "shorter")
    await bench.send(content, "again")

    assert len(bench.agent.specs) == 1
    assert len({session for session, _ in bench.agent.prompts}) == 1
    # The third answer repeats the draft, so it makes no version of its own.
    assert len((await bench.now(content)).versions) == 2


async def test_a_new_program_resumes_without_telling_anything_again() -> None:
    bench = Bench(Script(DRAFT), Script(SECOND))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await bench.studio.close()

    again = Studio(bench.store, bench.agent, ticking_clock(), CountedIds())
    talk = again.conversation(content.id, content.main)
    async for _ in talk.send("shorter", TurnKind.REVISE):
        pass

    spec = bench.agent.specs[-1]
    assert not spec.is_new
    assert bench.agent.prompts[-1][1] == "shorter"


async def test_a_hand_edit_is_told_once_in_the_next_prompt() -> None:
    bench = Bench(Script(DRAFT), Script("Fine."), Script("Fine."))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await edited(bench.studio, content.id, content.main, "# One\n\nMy own words.")

    await bench.send(content, "what do you think?", TurnKind.ASK)
    await bench.send(content, "and now?", TurnKind.ASK)

    told, later = (prompt for _, prompt in bench.agent.prompts[1:])
    assert "<current-draft>\n# One\n\nMy own words.\n</current-draft>" in told
    assert "current-draft" not in later
    turns = (await bench.now(content)).branch(content.main).turns
    assert [turn.told for turn in turns] == [None, 2, None]


async def test_a_stop_keeps_what_arrived_and_the_next_turn_works() -> None:
    bench = Bench(Script(DRAFT, is_held=True), Script(SECOND))
    content = await bench.content()
    talk = bench.studio.conversation(content.id, content.main)
    seen = ""
    async for event in talk.send("go", TurnKind.GENERATE):
        if isinstance(event, TextStreamed):
            seen += event.text
            if len(seen) >= len(DRAFT) // 2 - 7:
                talk.stop()

    (turn,) = (await bench.now(content)).branch(content.main).turns
    assert turn.state is TurnState.STOPPED
    assert turn.reply == seen
    assert turn.reply
    assert turn.version is None

    await bench.send(content, "go on", TurnKind.GENERATE)
    assert (await bench.now(content)).version(1).text == "# One\n\nText."


async def test_a_stop_asked_for_while_connecting_is_not_lost() -> None:
    bench = Bench(Script(DRAFT))
    content = await bench.content()
    talk = bench.studio.conversation(content.id, content.main)
    events = []
    async for event in talk.send("go", TurnKind.GENERATE):
        talk.stop()
        events.append(event)

    ended = [event for event in events if isinstance(event, TurnEnded)]
    assert [end.outcome for end in ended] == [Outcome.STOPPED]


async def test_a_failed_turn_is_left_out_of_what_claude_remembers() -> None:
    bench = Bench(Script(DRAFT), Script("par", failure="The API is overloaded."), Script(SECOND))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    good = (await bench.now(content)).branch(content.main).turns[0].anchor
    await bench.send(content, "shorter")

    failed = (await bench.now(content)).branch(content.main).turns[1]
    assert (failed.state, failed.failure) == (TurnState.FAILED, "The API is overloaded.")
    assert failed.reply == "par"

    await bench.send(content, "shorter")
    assert bench.agent.specs[-1].anchor == good
    assert len((await bench.now(content)).versions) == 2


async def test_a_first_turn_that_failed_starts_a_fresh_session() -> None:
    bench = Bench(Script("x", failure="No."), Script(DRAFT))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await bench.send(content, "go", TurnKind.GENERATE)

    sessions = [session for session, _ in bench.agent.prompts]
    assert len(set(sessions)) == 2
    now = await bench.now(content)
    assert now.branch(now.main).session == sessions[1]


async def test_a_lost_session_is_rebuilt_and_told_the_turns_again() -> None:
    bench = Bench(Script(DRAFT), Script(SECOND))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    session = (await bench.now(content)).branch(content.main).session
    await bench.studio.close()
    bench.agent.lost.add(session)

    again = Studio(bench.store, bench.agent, ticking_clock(), CountedIds())
    async for _ in again.conversation(content.id, content.main).send("shorter", TurnKind.REVISE):
        pass

    sent_on, prompt = bench.agent.prompts[-1]
    assert sent_on != session
    assert "<earlier-conversation>" in prompt
    assert "First text." in prompt
    assert prompt.endswith("shorter")
    now = await bench.now(content)
    assert now.branch(now.main).session == sent_on
    assert now.version(2).text == "# One\n\nText."


async def test_no_connection_ends_the_turn_as_failed_with_the_reason() -> None:
    bench = Bench()
    bench.agent.connect_problems.append(AgentProblem("Claude cannot be started: no memory."))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)

    (turn,) = (await bench.now(content)).branch(content.main).turns
    assert turn.state is TurnState.FAILED
    assert turn.failure == "Claude cannot be started: no memory."


async def test_a_failure_nobody_thought_of_ends_the_turn_as_failed_and_the_next_one_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench(Script(DRAFT))
    content = await bench.content()
    connect = bench.agent.connect

    async def broken(_: object) -> None:
        raise OSError("odd")

    monkeypatch.setattr(bench.agent, "connect", broken)
    events = await bench.send(content, "go", TurnKind.GENERATE)
    assert isinstance(events[-1], TurnSaved)
    (turn,) = (await bench.now(content)).branch(content.main).turns
    assert (turn.state, "log file" in turn.failure) == (TurnState.FAILED, True)
    monkeypatch.setattr(bench.agent, "connect", connect)
    await bench.send(content, "go", TurnKind.GENERATE)
    (_, turn) = (await bench.now(content)).branch(content.main).turns
    assert turn.state is TurnState.FINISHED
    await bench.studio.close()
    assert bench.agent.is_closed


async def test_a_failure_nobody_thought_of_before_the_prompt_is_saved_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench(Script(DRAFT))
    content = await bench.content()

    async def broken(_: object) -> None:
        raise OSError("odd")

    with monkeypatch.context() as patch:
        patch.setattr(bench.store.leases, "take", broken)
        with pytest.raises(RedraftError, match="log file"):
            await bench.send(content, "go", TurnKind.GENERATE)
    assert not bench.studio.conversations.writing
    await bench.send(content, "go", TurnKind.GENERATE)
    assert len((await bench.now(content)).lineage(content.main)) == 1


async def test_an_empty_prompt_and_a_second_turn_at_once_are_refused() -> None:
    bench = Bench(Script(DRAFT, is_held=True))
    content = await bench.content()
    with pytest.raises(InvalidInput, match="empty"):
        await bench.send(content, " \n ")

    talk = bench.studio.conversation(content.id, content.main)
    events = talk.send("go", TurnKind.GENERATE)
    await anext(events)
    with pytest.raises(Refused, match="still writing"):
        await bench.send(content, "and?")
    await bench.studio.close()


async def test_a_branch_that_another_program_writes_on_is_refused() -> None:
    bench = Bench()
    content = await bench.content()
    assert await bench.store.leases.take(content.main) is not None
    with pytest.raises(
        Refused, match="Anna on mac has been writing on this branch since 2026-01-01"
    ):
        await bench.send(content, "go", TurnKind.GENERATE)
    assert (await bench.now(content)).branch(content.main).turns == ()


async def test_only_a_prompt_that_changes_a_draft_is_limited() -> None:
    bench = Bench(Script("Well."), Script(DRAFT), Script(SECOND))
    content = await bench.content()
    talk = bench.studio.conversation(content.id, content.main)
    limits = ChangeLimits(20, "on")

    async def sent(kind: TurnKind, limits: ChangeLimits) -> ChangeLimits | None:
        async for _ in talk.send("go", kind, limits=limits):
            pass
        return (await bench.now(content)).branch(content.main).turns[-1].limits

    with pytest.raises(InvalidInput) as refused:
        await sent(TurnKind.GENERATE, limits)
    assert str(refused.value) == (
        "There is no draft here yet, so there is nothing to limit a change of."
    )
    assert await sent(TurnKind.ASK, limits) is None
    assert await sent(TurnKind.GENERATE, ChangeLimits()) is None
    assert await sent(TurnKind.REVISE, limits) == ChangeLimits(20, "One")


@pytest.mark.parametrize(
    ("name", "host", "who"),
    [
        ("Anna", "mac", "Anna on mac has been writing on this branch since 2026-01-01 "),
        ("Anna", "", "Anna has been writing on this branch since 2026-01-01 "),
        ("", "mac", "Someone on mac has been writing on this branch since 2026-01-01 "),
        ("", "", "Another Redraft is writing on this branch: go on there, or close that one first"),
    ],
)
async def test_whoever_writes_on_a_branch_is_named_as_far_as_known(
    name: str, host: str, who: str
) -> None:
    bench = Bench()
    content = await bench.content()
    since = datetime(2026, 1, 1, 12, tzinfo=UTC)
    owner = LeaseOwner(Person(name, name.lower(), host), 4711, since)
    lease = FakeLease(bench.store.leases, content.main, owner)
    bench.store.leases[content.main] = lease
    with pytest.raises(Refused) as refused:
        await bench.send(content, "go", TurnKind.GENERATE)
    assert str(refused.value).startswith(who)
    assert ("process 4711" in str(refused.value)) == bool(name or host)
    lease.owner = replace(owner, since=datetime.now(UTC))
    with pytest.raises(Refused) as refused:
        await bench.send(content, "go", TurnKind.GENERATE)
    assert bool(re.search(r"since \d\d:\d\d \(", str(refused.value))) == bool(name or host)


async def test_an_idle_branch_is_free_for_other_programs_after_disconnecting() -> None:
    bench = Bench(Script(DRAFT))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    assert bench.store.taken == {content.main}
    await bench.studio.conversation(content.id, content.main).disconnect()
    assert bench.store.taken == set()


async def test_leaving_the_screen_does_not_end_the_turn() -> None:
    bench = Bench(Script(DRAFT, is_held=True))
    content = await bench.content()
    talk = bench.studio.conversation(content.id, content.main)
    watching = asyncio.create_task(anext(talk.send("go", TurnKind.GENERATE)))  # type: ignore[var-annotated, arg-type]
    await watching

    bench.agent.release.set()
    await talk.ended()
    assert (await bench.now(content)).version(1).text == "# One\n\nFirst text."


async def test_a_turn_that_cannot_be_saved_is_kept_and_saved_when_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.studio.running_turn.SAVE_AGAIN_AFTER", 0.01)
    bench = Bench(Script(DRAFT, is_held=True))
    content = await bench.content()
    talk = bench.studio.conversation(content.id, content.main)
    delayed = 0
    async for event in talk.send("go", TurnKind.GENERATE):
        if isinstance(event, RequestStarted):
            bench.store.is_full = True
            bench.agent.release.set()
        if isinstance(event, SavingDelayed):
            delayed += 1
            bench.store.is_full = False

    assert delayed
    assert (await bench.now(content)).version(1).text == "# One\n\nFirst text."


async def test_a_prompt_that_cannot_be_saved_is_not_sent() -> None:
    bench = Bench()
    content = await bench.content()
    bench.store.is_full = True
    with pytest.raises(LibraryProblem):
        await bench.send(content, "go", TurnKind.GENERATE)
    assert bench.agent.prompts == []


async def test_closing_in_mid_turn_saves_it_as_stopped() -> None:
    bench = Bench(Script(DRAFT, is_held=True))
    content = await bench.content()
    talk = bench.studio.conversation(content.id, content.main)
    events = talk.send("go", TurnKind.GENERATE)
    while not isinstance(await anext(events), TextStreamed):
        pass
    await bench.studio.close()

    (turn,) = (await bench.store.load(content.id)).branch(content.main).turns
    assert turn.state is TurnState.STOPPED
    assert DRAFT.startswith(turn.reply)
    assert all(session.is_closed for session in bench.agent.open_sessions)
    assert bench.store.taken == set()


async def test_a_turn_of_a_dead_program_is_marked_interrupted() -> None:
    bench = Bench(Script(DRAFT, is_held=True))
    content = await bench.content()
    talk = bench.studio.conversation(content.id, content.main)
    await anext(talk.send("go", TurnKind.GENERATE))
    bench.store.leases.clear()  # As when the process is gone: its leases go with it.

    other = Studio(bench.store, bench.agent, ticking_clock(), CountedIds())
    (turn,) = (await other.content(content.id)).branch(content.main).turns
    assert turn.state is TurnState.INTERRUPTED
    bench.agent.release.set()
    await talk.ended()


async def test_only_so_many_sessions_stay_connected() -> None:
    bench = Bench(*(Script(DRAFT) for _ in range(4)))
    bench.studio = Studio(bench.store, bench.agent, ticking_clock(), CountedIds(), live_sessions=2)
    for _ in range(4):
        content = await bench.content()
        await bench.send(content, "go", TurnKind.GENERATE)
    assert [session.is_closed for session in bench.agent.open_sessions] == [
        True,
        True,
        False,
        False,
    ]


async def test_the_cost_of_a_turn_is_its_difference_and_unknown_is_not_zero() -> None:
    bench = Bench(
        Script(DRAFT, total_cost=0.02),
        Script(SECOND, total_cost=0.05),
        Script("x", total_cost=0.01),
    )
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await bench.send(content, "shorter")
    await bench.send(content, "hm", TurnKind.ASK)
    costs = [turn.cost for turn in (await bench.now(content)).branch(content.main).turns]
    assert costs[0] == pytest.approx(0.02)
    assert costs[1] == pytest.approx(0.03)
    assert costs[2] is None  # The session's total fell, so nobody knows.


async def test_a_restarted_answer_saves_only_what_was_committed() -> None:
    events = (
        RequestStarted(),
        AnswerRestarted(),
        TextStreamed("half of the fi"),
        AnswerRestarted(),
        TextStreamed("Whole."),
        MessageCommitted(MessageId("m1"), "Whole."),
        TurnEnded(Outcome.FINISHED),
    )
    bench = Bench(Script(events=events))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.ASK)
    (turn,) = (await bench.now(content)).branch(content.main).turns
    assert turn.reply == "Whole."


async def test_a_connection_made_ahead_is_the_one_the_turn_uses() -> None:
    bench = Bench(Script(DRAFT), Script("x", failure="No."), Script(SECOND))
    content = await bench.content()
    talk = bench.studio.conversation(content.id, content.main)
    await talk.prepare()
    await bench.send(content, "go", TurnKind.GENERATE)
    await talk.prepare()
    await bench.send(content, "shorter")
    assert len(bench.agent.specs) == 1

    # After a failed turn the session remembers too much: it is resumed before that turn.
    await talk.prepare()
    await bench.send(content, "shorter")
    assert len(bench.agent.specs) == 2
    first = (await bench.now(content)).branch(content.main).turns[0]
    assert bench.agent.specs[-1].anchor == first.anchor


async def test_connecting_ahead_of_a_branch_written_elsewhere_is_refused() -> None:
    bench = Bench()
    content = await bench.content()
    assert await bench.store.leases.take(content.main) is not None
    with pytest.raises(
        Refused, match="Anna on mac has been writing on this branch since 2026-01-01"
    ):
        await bench.studio.conversation(content.id, content.main).prepare()
    assert bench.agent.specs == []


async def test_preparing_leaves_a_session_that_cannot_be_begun_to_the_turn() -> None:
    bench = Bench(Script("", failure="The API is overloaded."), Script(DRAFT))
    content = await bench.content()
    await bench.send(content, "about one", TurnKind.GENERATE)
    talk = bench.studio.conversation(content.id, content.main)
    await talk.disconnect()

    await talk.prepare()
    events = await bench.send(content, "about one", TurnKind.GENERATE)

    assert isinstance(events[-1], TurnSaved)
    assert events[-1].version == 1


async def test_a_passage_of_a_text_that_is_not_the_draft_is_refused() -> None:
    bench = Bench(Script(DRAFT))
    content = await bench.content()
    await bench.send(content, "go", TurnKind.GENERATE)
    await edited(bench.studio, content.id, content.main, "# One\n\nMine.")
    _, fork = await bench.studio.fork(content.id, content.main, 0, "from nothing")
    for branch, now in ((content.main, "the draft is v2"), (fork.id, "there is no draft")):
        talk = bench.studio.conversation(content.id, branch)
        sending = talk.send("calmer", TurnKind.REVISE, passage=Passage(1, Span(0, 3)))
        with pytest.raises(Refused, match=f"one of v1, and {now}: mark it again"):
            await anext(sending)
        assert (await bench.now(content)).branch(fork.id).turns == ()
