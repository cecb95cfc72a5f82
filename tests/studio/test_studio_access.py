"""What a writer lets Claude use: sources, the web, what is allowed for good, and questions."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.support.fakes import (
    CountedIds,
    MemoryStore,
    Script,
    ScriptedAgent,
    ScriptedSession,
    ticking_clock,
)
from tui.domain.access import with_rule, without_rules
from tui.domain.content import Content, TurnKind
from tui.domain.errors import InvalidInput
from tui.domain.events import (
    AgentEvent,
    MessageCommitted,
    Noticed,
    Outcome,
    PermissionAsked,
    PermissionSettled,
    TurnEnded,
)
from tui.domain.ids import ContentId, MessageId
from tui.domain.tools import Access, Decision, Question
from tui.studio.sources import absence_sentences, absent_sources, checked_sources
from tui.studio.studio import Studio

SEARCH = Question("q1", "WebSearch", "tea", rule="WebSearch")


class Desk:
    """A studio over a scripted agent and a library in memory."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.agent = ScriptedAgent()
        self.studio = Studio(self.store, self.agent, ticking_clock(), CountedIds())


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_content_is_created_with_its_access_or_not_at_all(
    desk: Desk, tmp_path: Path
) -> None:
    content = await desk.studio.create("T", sources=[str(tmp_path)], has_web=True)
    assert (content.sources, content.has_web) == ((str(tmp_path),), True)
    with pytest.raises(InvalidInput):
        await desk.studio.create("U", sources=[str(tmp_path / "gone")])
    assert list(desk.store.contents) == [content.id]


async def test_a_source_that_was_there_before_may_be_gone_and_a_new_one_may_not(
    desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    content = await desk.studio.create("T", sources=[str(folder)])
    folder.rmdir()
    changed = await desk.studio.access.grant(content.id, content.sources, has_web=True)
    assert (changed.sources, changed.has_web) == (content.sources, True)
    await desk.studio.access.grant(content.id, (), has_web=True)
    with pytest.raises(InvalidInput, match="is not there"):
        await desk.studio.access.grant(content.id, [str(folder)], has_web=True)


@pytest.mark.parametrize("name", ["", "way", "..", "/"], ids=["home", "link", "above", "all"])
async def test_what_holds_the_whole_home_is_too_much(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    home = tmp_path / "homes" / "ann"
    (home / "notes").mkdir(parents=True)
    (home / "way").symlink_to(home)
    (tmp_path / "linked").symlink_to(tmp_path / "homes")
    for told in (home, tmp_path / "linked" / "ann"):
        monkeypatch.setenv("HOME", str(told))
        with pytest.raises(InvalidInput, match="too much"):
            await checked_sources([str(home / name)])
    assert await checked_sources(["~/notes"]) == (str(home / "notes"),)


async def test_missing_sources_are_told_in_one_sentence_before_the_turn(
    desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    content = await desk.studio.create("T", sources=[str(folder), str(tmp_path)])
    folder.rmdir()
    talk = desk.studio.conversation(content.id, content.main)
    events = [event async for event in talk.send("go", TurnKind.GENERATE)]
    told = [event.text for event in events if isinstance(event, Noticed)]
    assert told == [f"“{folder}” is missing, so Claude works without."]
    assert (await desk.studio.content(content.id)).branch(content.main).turns[0].version == 1


async def test_several_missing_sources_are_one_sentence(tmp_path: Path) -> None:
    gone = [str(tmp_path / "a"), str(tmp_path / "b")]
    told = absence_sentences(await absent_sources([*gone, str(tmp_path)]))
    assert told == f"“{gone[0]}”, “{gone[1]}” are missing, so Claude works without."
    assert await absent_sources([str(tmp_path)]) == {}


async def test_what_is_forgotten_is_asked_again_from_the_next_turn_on(desk: Desk) -> None:
    content = await desk.studio.create("T", has_web=True)
    talk = desk.studio.conversation(content.id, content.main)
    desk.agent.scripts.append(Script(questions=[SEARCH]))
    async for event in talk.send("go", TurnKind.GENERATE):
        if isinstance(event, PermissionAsked):
            assert desk.studio.conversations.asking == {content.main: content.id}
            await talk.decide("q1", Decision.ALLOW_ON_BRANCH)
    assert desk.studio.conversations.asking == {}
    content = await desk.studio.content(content.id)
    assert content.branch(content.main).allowed == ("WebSearch",)
    content = await desk.studio.access.withdraw(content.id, content.main, ["WebSearch", "Other"])
    assert content.branch(content.main).allowed == ()
    async for _ in talk.send("again", TurnKind.REVISE):
        pass
    assert desk.agent.specs[-1].access == Access(has_web=True)


async def test_what_is_allowed_for_the_branch_leaves_it_connected(desk: Desk) -> None:
    fetch = Question("q2", "WebFetch", "https://a.org", place="a.org", rule="WebFetch(a.org)")
    content = await desk.studio.create("T", has_web=True)
    talk = desk.studio.conversation(content.id, content.main)
    desk.agent.scripts.append(Script(questions=[SEARCH, fetch]))
    async for event in talk.send("go", TurnKind.GENERATE):
        if isinstance(event, PermissionAsked):
            await talk.decide(event.question.id, Decision.ALLOW_ON_BRANCH)
    async for _ in talk.send("again", TurnKind.REVISE):
        pass
    assert [spec.access for spec in desk.agent.specs] == [Access(has_web=True)]
    assert len(desk.agent.prompts) == 2


async def test_the_web_switched_off_and_on_again_asks_about_everything_again(desk: Desk) -> None:
    content = await desk.studio.create("T", has_web=True)
    desk.store.contents[content.id] = with_rule(content, content.main, "WebSearch")
    await desk.studio.access.grant(content.id, (), has_web=False)
    content = await desk.studio.access.grant(content.id, (), has_web=True)
    assert content.branch(content.main).allowed == ()
    async for _ in desk.studio.conversation(content.id, content.main).send("go", TurnKind.GENERATE):
        pass
    assert desk.agent.specs[-1].access == Access(has_web=True)


async def test_a_question_taken_away_while_its_answer_is_saved_is_still_allowed_from_then_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = await desk.studio.create("T", has_web=True)
    talk = desk.studio.conversation(content.id, content.main)
    is_deciding, is_saving, is_taken_away = asyncio.Event(), asyncio.Event(), asyncio.Event()
    update, play = desk.store.update, ScriptedSession.turn

    async def slowly(content_id: ContentId, change: Callable[[Content], Content]) -> Content:
        if is_deciding.is_set() and not is_taken_away.is_set():
            is_saving.set()
            await is_taken_away.wait()
        return await update(content_id, change)

    async def turn(*_: object) -> AsyncIterator[AgentEvent]:
        yield MessageCommitted(MessageId("m1"), "Hm.")
        yield PermissionAsked(SEARCH)
        await is_saving.wait()
        yield PermissionSettled("q1")
        is_taken_away.set()
        yield TurnEnded(Outcome.STOPPED)

    monkeypatch.setattr(desk.store, "update", slowly)
    monkeypatch.setattr(ScriptedSession, "turn", turn)
    async for event in talk.send("go", TurnKind.ASK):
        if isinstance(event, PermissionAsked):
            is_deciding.set()
            await talk.decide("q1", Decision.ALLOW_ON_BRANCH)
    monkeypatch.setattr(ScriptedSession, "turn", play)
    # That session was never told: only a new one knows that it need not ask.
    async for _ in talk.send("again", TurnKind.ASK):
        pass
    assert desk.agent.specs[-1].access == Access(has_web=True, rules=("WebSearch",))


async def test_a_turn_that_is_stopped_asks_nothing_any_more(desk: Desk) -> None:
    content = await desk.studio.create("T", has_web=True)
    talk = desk.studio.conversation(content.id, content.main)
    desk.agent.scripts.append(Script(questions=[SEARCH]))
    asked = asyncio.Event()

    async def follow() -> None:
        async for event in talk.send("go", TurnKind.GENERATE):
            if isinstance(event, PermissionAsked):
                asked.set()

    following = asyncio.create_task(follow())
    await asyncio.wait_for(asked.wait(), 5)
    talk.stop()
    await asyncio.wait_for(following, 5)
    assert desk.studio.conversations.asking == {}
    assert desk.agent.decisions == []


async def test_a_kind_is_set_and_checked(desk: Desk) -> None:
    content = await desk.studio.create("T")
    assert (await desk.studio.set_kind(content.id, " Talk ")).kind == "talk"
    with pytest.raises(InvalidInput):
        await desk.studio.set_kind(content.id, " ")


async def test_forgetting_nothing_changes_nothing(desk: Desk) -> None:
    content = await desk.studio.create("T")
    content = with_rule(content, content.main, "WebSearch")
    assert without_rules(content, content.main, ()) is content
    assert without_rules(content, content.main, ["Other"]) is content
