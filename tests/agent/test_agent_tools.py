"""Claude's tools with the real CLI: the sources, the web's questions, stops in a tool's use."""

import asyncio
import json
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.agent.stage import (
    Played,
    Stage,
    cli_processes,
    new_spec,
    new_turn,
    play,
    playing,
    resumed,
)
from tests.support.faults import Fault
from tests.support.sent_turns import sent_turns
from tui.agent import options
from tui.agent.claude import ClaudeAgent
from tui.agent.environment import CONFIG_FOLDER, config_folder, isolated
from tui.agent.gate import ToolGate
from tui.agent.session import ClaudeSession
from tui.demo.answers import Answer, ToolCall
from tui.demo.seen import SeenRequest
from tui.demo.server import DemoServer
from tui.demo.web_search import found_on_the_web
from tui.domain.events import (
    AgentEvent,
    CostEstimated,
    Outcome,
    PermissionAsked,
    PermissionSettled,
    ToolEnded,
    ToolStarted,
    TurnEnded,
)
from tui.domain.reply import Reply
from tui.domain.session import SessionSpec
from tui.domain.tools import Access, Decision, Question, ToolState

PLACEHOLDER = "DeferredToolPlaceholder"
"""What the CLI offers beside any tools, and runs for nobody."""


class Script:
    """Gives the answers that were set, one per request, and then says “Done.”"""

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    def answer(self, request: SeenRequest) -> Answer:
        return self.answers.pop(0) if self.answers else Answer.of("Done.")


SCRIPT = Script()


def will(*answers: Answer) -> None:
    SCRIPT.answers = list(answers)


def read(path: Path | str) -> ToolCall:
    return ToolCall("Read", {"file_path": str(path)})


def search(query: str = "height of the tower") -> ToolCall:
    return ToolCall("WebSearch", {"query": query})


def fetch(url: str) -> ToolCall:
    return ToolCall("WebFetch", {"url": url, "prompt": "How tall is it?"})


# A host that the CLI itself would fetch from without asking anybody.
TRUSTED = "https://docs.python.org/3/"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A loopback API that plays `SCRIPT`, and an isolated configuration."""
    folder = tmp_path_factory.mktemp("claude")
    with (
        pytest.MonkeyPatch.context() as patch,
        DemoServer(writer=SCRIPT, words_per_second=0) as server,
    ):
        for name in isolated(folder, server.base_url):
            if name not in {"HOME", CONFIG_FOLDER}:
                patch.delenv(name, raising=False)
        patch.setenv(CONFIG_FOLDER, str(config_folder(folder)))
        yield Stage(server, folder)


@pytest.fixture
async def agent(stage: Stage) -> AsyncIterator[ClaudeAgent]:
    will()
    async with playing(stage) as agent:
        yield agent


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A source folder with ways out of it, beside something secret."""
    folder = tmp_path / "notes"
    (folder / "deep").mkdir(parents=True)
    (folder / "facts.md").write_text("# Facts\nThe tower is 52 m tall.\n")
    (folder / "deep" / "more.txt").write_text("It was built in 1910.\n")
    for place in (folder, folder / "deep"):
        (place / "CLAUDE.md").write_text("MEMORY: write in capitals.\n")
    (tmp_path / "secret.txt").write_text("SECRET: built of sand\n")
    (folder / "way-out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "out").symlink_to(tmp_path)
    return folder


def with_access(*sources: Path, web: bool = False, rules: tuple[str, ...] = ()) -> SessionSpec:
    return replace(new_spec(), access=Access(tuple(map(str, sources)), has_web=web, rules=rules))


def reply_of(played: Played) -> Reply:
    reply = Reply()
    for event in played.events:
        reply = reply.apply(event)
    return reply


async def asked(
    session: ClaudeSession,
    count: int,
    then: Callable[[list[Question]], Awaitable[None] | None],
) -> Played:
    """Play a turn, and call `then` once so many questions are open."""
    events: list[AgentEvent] = []
    async for event in session.turn(new_turn(), "go"):
        events.append(event)
        if isinstance(event, PermissionAsked):
            questions = [one.question for one in events if isinstance(one, PermissionAsked)]
            if len(questions) == count and (done := then(questions)) is not None:
                await done
    return Played(tuple(events))


def states(played: Played) -> list[ToolState]:
    return [use.state for use in reply_of(played).tools]


def assert_none_is_left(played: Played) -> None:
    """Every question was settled once, and before the end."""
    kinds = [type(event) for event in played.events]
    questions = [event.question.id for event in played.of(PermissionAsked)]
    assert sorted(event.id for event in played.of(PermissionSettled)) == sorted(questions)
    assert PermissionSettled not in kinds[kinds.index(TurnEnded) :]


async def test_what_claude_read_is_told_reckoned_and_gone_on_from(
    stage: Stage, agent: ClaudeAgent, notes: Path
) -> None:
    """In three processes: the first is stopped in a tool's use, the others go on from there."""
    spec = with_access(notes, web=True)
    session = await agent.connect(spec)
    will(Answer.of("Hm.", read(notes / "facts.md")), Answer.of("And.", search()))
    stopped = await play(session, "go", on=PermissionAsked, do=session.stop)
    assert stopped.text == "Hm.And."
    assert stopped.end.total_cost is not None
    fork = await agent.fork(spec.session, stopped.anchor, title="from the stop")

    await costs_and_results_of_tools_are_told(session, notes, before=stopped.end.total_cost)
    await no_word_of_the_cli_gets_into_an_answer(stage, session, notes)
    await an_answer_that_nobody_saw_end_is_found(agent, session, notes)

    session = await agent.connect(replace(resumed(fork.session), access=spec.access))
    await goes_on_from_the_stop(stage, session)
    await session.close()
    only_sources = replace(resumed(spec.session, stopped.anchor), access=with_access(notes).access)
    session = await agent.connect(only_sources)
    await goes_on_from_the_stop(stage, session)
    await the_sources_are_read_and_nothing_else(stage, session, notes)


async def goes_on_from_the_stop(stage: Stage, session: ClaudeSession) -> None:
    """Claude knows the text and the tool before the stop, and nothing of what came after."""
    will()
    after = await play(session, "go on")
    assert after.end.outcome is Outcome.FINISHED
    told = [message for message in stage.last.messages if message.role != "system"]
    assert [message.text for message in told] == ["go", "Hm.", "", "And.", "go on"]
    assert [call.name for message in told for call in message.calls] == ["Read"]
    assert "52 m" in stage.last.results[0].text


async def the_sources_are_read_and_nothing_else(
    stage: Stage, session: ClaudeSession, notes: Path
) -> None:
    grep = ToolCall("Grep", {"pattern": "built", "output_mode": "content"})
    will(
        Answer.of("First.", read(notes / "facts.md"), grep),
        Answer.of(
            read(notes / "way-out.txt"),
            read("/etc/passwd"),
            ToolCall("Grep", {"pattern": "SECRET", "path": str(notes / "out")}),
            ToolCall("Glob", {"pattern": "../*.txt"}),
            ToolCall("Glob", {"pattern": "*.txt", "path": str(notes / "deep")}),
            ToolCall("Bash", {"command": "ls"}),
            read(notes / "none.md"),
            read(notes / "deep" / "more.txt"),
        ),
        Answer.of("Last."),
    )
    played = await play(session, "go")
    reply = reply_of(played)
    assert played.end.outcome is Outcome.FINISHED
    assert reply.committed == "First.\n\nLast."
    facts, built, *refused, more, shell, none, deep = reply.tools
    assert facts.subject == str(notes / "facts.md")
    assert (facts.state, facts.at) == (ToolState.DONE, len("First."))
    assert "The tower is 52 m tall." in facts.result
    assert built.result == f"{notes}/deep/more.txt:1:It was built in 1910."
    assert {use.state for use in refused} == {ToolState.REFUSED}
    assert all(str(notes) in use.result for use in refused[:3])
    assert more.result == str(notes / "deep" / "more.txt")
    assert (shell.name, shell.state) == ("Bash", ToolState.FAILED)
    assert none.state is ToolState.FAILED
    assert "built in 1910" in deep.result
    assert set(stage.last.tools) == {"Read", "Glob", "Grep", PLACEHOLDER}
    assert f"<sources>\n{notes}\n</sources>" in stage.last.system
    told = str(stage.last.raw)
    assert "of sand" not in told
    assert "root:" not in told
    assert "MEMORY" not in told


async def costs_and_results_of_tools_are_told(
    session: ClaudeSession, notes: Path, *, before: float
) -> None:
    (notes / "long.txt").write_text("a line of the long one\n" * 900)
    for _ in range(2):
        will(Answer.of("Hm.", read(notes / "facts.md")), Answer.of("word " * 400))
        played = await play(session, "go")
        estimates = [event.dollars for event in played.of(CostEstimated)]
        assert len(estimates) == 2
        assert estimates == sorted(estimates)
        assert played.end.total_cost is not None
        assert estimates[-1] == pytest.approx(played.end.total_cost - before, rel=0.05)
        before = played.end.total_cost

    grep = {"pattern": "long", "output_mode": "content"}
    will(Answer.of(ToolCall("Grep", grep)), Answer.of("E"))
    played = await play(session, "go")
    (ended,) = played.of(ToolEnded)
    kinds = [type(event) for event in played.events]
    assert kinds.index(ToolStarted) < kinds.index(ToolEnded) < kinds.index(TurnEnded)
    assert ended.state is ToolState.DONE
    assert 2_000 < len(ended.result) < 2_100
    assert ended.result.endswith("characters in all)")


async def an_answer_that_nobody_saw_end_is_found(
    agent: ClaudeAgent, session: ClaudeSession, notes: Path
) -> None:
    will(
        Answer.of("First.", read(notes / "facts.md")),
        Answer.of("Then.", read(notes / "none.md")),
        Answer.of("Last."),
    )
    turn = new_turn()
    seen = Played(tuple([event async for event in session.turn(turn, "go")]))
    await play(session, "another")
    await session.close()
    found = await agent.answer(session.id, turn)
    assert found is not None
    again, reply = reply_of(Played(found)), reply_of(seen)
    assert again.committed == reply.committed == "First.\n\nThen.\n\nLast."
    assert again.anchor == reply.anchor
    assert again.tools == reply.tools
    assert [use.state for use in again.tools] == [ToolState.DONE, ToolState.FAILED]


async def no_word_of_the_cli_gets_into_an_answer(
    stage: Stage, session: ClaudeSession, notes: Path
) -> None:
    """Also not when the answer breaks off after a tool."""
    for fault in (Fault.cut(), Fault.no_stop(), Fault.error_event()):
        will(Answer.of("Let me look.", read(notes / "facts.md"), "A tail that breaks off."))
        stage.server.faults.add(fault, after_words=6)
        played = await play(session, "go")
        stage.server.faults.clear()
        reply = reply_of(played)
        assert "API Error" not in reply.text, fault.name
        assert "cut off" not in reply.text, fault.name
        # Two go on after what was whole; a cut one may take that along, and be asked anew.
        sent = sent_turns(stage.server.requests)[-1].text
        assert "".join(reply.text.split()) == "".join(sent.split()), fault.name
        if fault.name != "cut":
            assert "Let me look." in sent, fault.name
            assert states(played)[:1] == [ToolState.DONE], fault.name
        will()
        later = await play(session, f"and after {fault.name}?")
        assert (later.end.outcome, later.text) == (Outcome.FINISHED, "Done."), fault.name


async def test_questions_are_asked_and_taken_away_with_their_turn(
    stage: Stage, agent: ClaudeAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one session: closed in a question, resumed, killed in a question, resumed with a rule."""
    spec = with_access(web=True)
    session = await agent.connect(spec)
    for way in ("stop", "refuse and stop", "both"):
        await stop_takes_questions_away(session, way)
    closing: list[asyncio.Task[None]] = []

    def close(_: list[Question]) -> None:
        closing.append(asyncio.create_task(session.close()))

    await going_takes_questions_along(session, close, Outcome.STOPPED)

    session = await agent.connect(replace(spec, is_new=False))
    await is_told_later(stage, session, "than it was closed")
    await questions_are_settled_each_on_its_own(stage, session)
    await going_takes_questions_along(session, lambda _: kill_the_cli(), Outcome.FAILED)

    with_rule = with_access(web=True, rules=("WebSearch",)).access
    session = await agent.connect(replace(spec, is_new=False, access=with_rule))
    await is_told_later(stage, session, "than it was killed")
    await what_the_branch_allows_is_not_asked(session, monkeypatch)


async def is_told_later(stage: Stage, session: ClaudeSession, when: str) -> None:
    will()
    later = await play(session, f"later {when}")
    assert (later.end.outcome, later.text) == (Outcome.FINISHED, "Done."), when
    assert stage.last.prompts[-1] == f"later {when}"


def kill_the_cli() -> None:
    (process,) = cli_processes()
    os.kill(process, signal.SIGKILL)


async def going_takes_questions_along(
    session: ClaudeSession, go: Callable[[list[Question]], None], outcome: Outcome
) -> None:
    will(Answer.of("Hm.", fetch(TRUSTED)))
    played = await asked(session, 1, go)
    assert played.end.outcome is outcome
    assert_none_is_left(played)
    session.decide(played.of(PermissionAsked)[0].question.id, Decision.ALLOW)
    await session.close()


async def stop_takes_questions_away(session: ClaudeSession, way: str) -> None:
    clock = asyncio.get_running_loop().time
    stopping: list[asyncio.Task[None]] = []
    asked_at: list[float] = []
    will(Answer.of("Hm.", search(), fetch(TRUSTED)), Answer.of("Never."))

    def stop(questions: list[Question]) -> None:
        asked_at.append(clock())
        if way != "refuse and stop":
            stopping.append(asyncio.create_task(session.stop()))
        if way != "stop":
            session.decide(questions[1].id, Decision.REFUSE_AND_STOP)

    stopped = await asked(session, 2, stop)
    assert clock() - asked_at[0] < 1.0
    assert stopped.end.outcome is Outcome.STOPPED, way
    assert stopped.text == "Hm."
    assert_none_is_left(stopped)
    is_refused = ToolState.UNFINISHED if way == "stop" else ToolState.REFUSED
    assert sorted(states(stopped)) == sorted([ToolState.UNFINISHED, is_refused])

    will(Answer.of("Well.", search()), Answer.of("Then."))
    old = stopped.of(PermissionAsked)[0].question.id

    def answer(questions: list[Question]) -> None:
        session.decide(old, Decision.REFUSE_AND_STOP)
        session.decide(questions[0].id, Decision.ALLOW)

    after = await asked(session, 1, answer)
    assert (after.end.outcome, after.text) == (Outcome.FINISHED, "Well.Then."), way


async def questions_are_settled_each_on_its_own(stage: Stage, session: ClaudeSession) -> None:
    will(
        Answer.of("Hm.", search("one"), fetch(TRUSTED), search("two"), fetch("file:///etc/passwd")),
        Answer.of("End."),
    )
    seen: list[Question] = []

    def answer(questions: list[Question]) -> None:
        seen.extend(questions)
        by_subject = {question.subject: question for question in questions}
        session.decide("no such question", Decision.ALLOW)
        session.decide(by_subject[TRUSTED].id, Decision.REFUSE)
        session.decide(by_subject["one"].id, Decision.ALLOW_ON_BRANCH)

    played = await asked(session, 3, answer)
    page = next(question for question in seen if question.tool == "WebFetch")
    assert (page.detail, page.place) == ("How tall is it?", "docs.python.org")
    assert page.rule == "WebFetch(docs.python.org)"
    assert_none_is_left(played)
    one, fetched, two, local = reply_of(played).tools
    assert [use.subject for use in (one, two)] == ["one", "two"]
    assert [use.state for use in (one, two)] == [ToolState.DONE, ToolState.DONE]
    assert (fetched.state, fetched.result) == (ToolState.REFUSED, "The writer refused it.")
    assert (local.state, "http" in local.result) == (ToolState.REFUSED, True)
    assert "go on without it" in str(stage.last.raw)
    assert "<sources>" not in stage.last.system
    assert played.end.outcome is Outcome.FINISHED

    will(Answer.of("More.", search("three")), Answer.of("End."))
    again = await play(session, "again")
    assert again.of(PermissionAsked) == []
    assert states(again) == [ToolState.DONE]


async def what_the_branch_allows_is_not_asked(
    session: ClaudeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be stopped while it runs."""
    will(Answer.of("Hm.", search()), Answer.of("End."))
    played = await play(session, "go")
    assert played.of(PermissionAsked) == []
    assert "made-up results" in reply_of(played).tools[0].result

    searching, over = threading.Event(), threading.Event()

    def slowly(request: SeenRequest) -> Answer:
        searching.set()
        over.wait(5)
        return found_on_the_web(request)

    monkeypatch.setattr("tui.demo.api.found_on_the_web", slowly)
    clock = asyncio.get_running_loop().time
    asked_at: list[float] = []

    async def stop() -> None:
        assert await asyncio.to_thread(searching.wait, 5)
        asked_at.append(clock())
        await session.stop()

    will(Answer.of("Hm.", search()), Answer.of("Never."))
    try:
        played = await play(session, "go", on=ToolStarted, do=stop)
        assert clock() - asked_at[0] < 1.0
    finally:
        over.set()
    assert played.end.outcome is Outcome.STOPPED
    assert states(played) == [ToolState.UNFINISHED]
    will()
    assert (await play(session, "next")).end.outcome is Outcome.FINISHED


async def test_a_permission_hook_that_does_not_answer_lets_nothing_through(
    stage: Stage, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over, fault = asyncio.Event(), ""

    async def before_use(*_: object) -> dict[str, object]:
        if fault == "fails":
            raise RuntimeError("No.")
        await is_over.wait()
        return {}

    monkeypatch.setattr(options, "_HOOK_SECONDS", 1.0)
    monkeypatch.setattr(ToolGate, "before_use", before_use)
    async with playing(stage) as agent:
        session = await agent.connect(with_access(notes))
        for fault in ("fails", "is late"):
            will(Answer.of(read(notes / "facts.md")))
            played = await play(session, "read it")
            assert states(played) != [ToolState.DONE], fault
            assert len(states(played)) == 1, fault
            assert "52 m" not in str(stage.last), fault
        is_over.set()


async def test_nothing_of_the_users_own_claude_code_reaches_a_session(
    stage: Stage, tmp_path: Path
) -> None:
    """Its settings, hooks, instructions and MCP servers, in the home, the folder and above it."""
    config, home = config_folder(stage.folder), stage.folder / "home"
    work = stage.folder / "work"
    told = tmp_path / "told"
    telling = {"type": "command", "command": f"echo hook >> {told}"}
    hooks = {
        event: [{"hooks": [telling]}]
        for event in ("SessionStart", "UserPromptSubmit", "Stop", "SessionEnd")
    }
    settings = json.dumps({"hooks": hooks, "env": {"ANTHROPIC_MODEL": "of-the-user"}})
    server = {"command": "sh", "args": ["-c", f"echo server >> {told}; cat"]}
    servers = json.dumps({"mcpServers": {"theirs": server}})
    files = {
        config / "settings.json": settings,
        config / "CLAUDE.md": "MEMORY of the user",
        config / ".claude.json": servers,
        home / ".claude.json": servers,
        home / ".claude" / "settings.json": settings,
        home / ".claude" / "CLAUDE.md": "MEMORY of the home",
        work / ".claude" / "settings.json": settings,
        work / ".claude" / "settings.local.json": settings,
        work / ".mcp.json": servers,
        work / "CLAUDE.md": "MEMORY of the folder",
        stage.folder / "CLAUDE.md": "MEMORY of the folder above",
    }
    before = {path: path.read_bytes() if path.exists() else None for path in files}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    try:
        async with playing(stage) as agent:
            session = await agent.connect(new_spec())
            played = await play(session, "hello")
            assert played.end.outcome is Outcome.FINISHED
            await without_access_there_are_no_tools(stage, session)
        assert not told.exists()
        asked = str(stage.last)
        assert "MEMORY" not in asked
        assert "of-the-user" not in asked
        assert "theirs" not in asked
        assert stage.last.tools == ()
    finally:
        for path, data in before.items():
            path.unlink()
            if data is not None:
                path.write_bytes(data)


async def without_access_there_are_no_tools(stage: Stage, session: ClaudeSession) -> None:
    will(Answer.of("Hm.", ToolCall("Write", {"file_path": "/x", "content": "y"})), Answer.of("No."))
    played = await play(session, "go")
    assert stage.last.tools == ()
    assert "<sources>" not in stage.last.system
    assert states(played) == [ToolState.FAILED]
    assert reply_of(played).committed == "Hm.\n\nNo."
