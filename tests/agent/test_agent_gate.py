"""The gate of a session's tools: what the hook says, and how questions are settled."""

import asyncio
import json
import os
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import claude_agent_sdk as sdk
import pytest
from claude_agent_sdk import (
    AssistantMessage,
    ClaudeAgentOptions,
    PermissionResultAllow,
    PermissionResultDeny,
    SystemMessage,
    ToolPermissionContext,
    ToolResultBlock,
    ToolUseBlock,
    UserMessage,
)

from tui.agent import gate as gates
from tui.agent.gate import ToolGate
from tui.agent.mapping import TurnMapping
from tui.agent.options import session_options
from tui.agent.permissions import Verdict
from tui.agent.turn import LiveTurn, Step, Timeouts
from tui.domain.events import AgentEvent, Outcome, PermissionAsked, PermissionSettled, TurnEnded
from tui.domain.ids import SessionId, TurnId
from tui.domain.prompts import SYSTEM_PROMPT, access_words
from tui.domain.session import SessionSpec
from tui.domain.tools import NO_ACCESS, Access, Decision, Question

PAGE = {"url": "https://example.org/a", "prompt": "What is it?"}
OTHER = {"url": "https://example.org/b", "prompt": "And this?"}
SEARCH = {"query": "towers"}


def now() -> float:
    return asyncio.get_running_loop().time()


class Scene:
    """A gate with a running turn."""

    def __init__(self, access: Access | None = None) -> None:
        self.gate = ToolGate(access or Access(has_web=True))
        self.tasks: list[asyncio.Task[Any]] = []
        self.turn = self.begin("t1")

    def begin(self, name: str) -> LiveTurn:
        self.turn = LiveTurn(
            TurnId(name),
            "prompt",
            Timeouts(),
            now(),
            mapping=TurnMapping(),
            before_end=self.gate.take_away,
        )
        self.gate.begin(self.turn)
        return self.turn

    def ask(self, tool: str, given: dict[str, Any], use: str = "u") -> asyncio.Task[Any]:
        context = ToolPermissionContext(tool_use_id=use)
        task = asyncio.create_task(self.gate.may_use(sdk, tool, given, context))
        self.tasks.append(task)
        return task

    async def questions(self, count: int) -> list[Question]:
        """Wait until so many questions were put to the turn."""
        found: list[Question] = []
        async with asyncio.timeout(5):
            async for event in self.turn.events():
                if isinstance(event, PermissionAsked):
                    found.append(event.question)
                if len(found) == count:
                    break
        return found

    async def rest(self) -> list[AgentEvent]:
        self.turn.close()
        return [event async for event in self.turn.events()]

    async def hook(self, tool: str, given: object, use: str = "u") -> dict[str, Any]:
        event = {"tool_name": tool, "tool_input": given, "tool_use_id": use}
        said = (await self.gate.before_use(event, use, {}))["hookSpecificOutput"]
        assert said["hookEventName"] == "PreToolUse"
        return {name: value for name, value in said.items() if name != "hookEventName"}


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return os.path.realpath(tmp_path)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    yield scene
    scene.gate.take_away()
    await asyncio.wait_for(asyncio.gather(*scene.tasks, return_exceptions=True), 2)


async def test_the_hook_lets_ask_for_the_web(scene: Scene) -> None:
    assert await scene.hook("WebFetch", PAGE) == {"permissionDecision": "ask"}
    assert await scene.hook("WebSearch", SEARCH) == {"permissionDecision": "ask"}


async def test_the_hook_refuses_with_a_reason(scene: Scene) -> None:
    said = await scene.hook("Bash", {"command": "ls"}, "shell")
    assert said["permissionDecision"] == "deny"
    assert scene.gate.refusals == {"shell": said["permissionDecisionReason"]}


async def test_the_hook_allows_what_lies_in_the_sources(folder: str) -> None:
    scene = Scene(Access((folder,)))
    assert await scene.hook("Read", {"file_path": f"{folder}/x"}) == {"permissionDecision": "allow"}
    assert await scene.hook("Grep", {"pattern": "x"}) == {
        "permissionDecision": "allow",
        "updatedInput": {"pattern": "x", "path": folder},
    }
    allowed = await scene.ask("Grep", {"pattern": "x"})
    assert allowed == PermissionResultAllow(updated_input={"pattern": "x", "path": folder})
    denied = await scene.ask("Read", {"file_path": "/etc/passwd"})
    assert isinstance(denied, PermissionResultDeny)
    assert not denied.interrupt


@pytest.mark.parametrize("given", [None, "x", ["x"], 5])
async def test_what_has_no_shape_is_refused(scene: Scene, given: object) -> None:
    assert (await scene.hook("WebSearch", given))["permissionDecision"] == "deny"


@pytest.mark.parametrize("fault", [RuntimeError("judge"), TimeoutError()])
async def test_what_cannot_be_judged_is_refused(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def judge(access: Access, tool: str, given: object) -> Verdict:
        raise fault

    monkeypatch.setattr(gates, "judge", judge)
    assert (await scene.hook("WebSearch", SEARCH))["permissionDecision"] == "deny"
    assert isinstance(await scene.ask("WebSearch", SEARCH), PermissionResultDeny)


async def test_a_hung_disk_takes_nobody_elses_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    back = threading.Event()

    def hang(*_: object) -> None:
        back.wait(10)

    monkeypatch.setattr("tui.agent.gate.judge", hang)
    monkeypatch.setattr("tui.agent.gate._JUDGED_WITHIN", 0.01)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
    gate = ToolGate(Access(("/notes",)))
    use = {"tool_name": "Read", "tool_input": {"file_path": "/notes/a.md"}}
    try:
        for _ in range(6):
            answer = await gate.before_use(use, "t", None)
            said = answer["hookSpecificOutput"]["permissionDecisionReason"]
            assert said == "The disk does not answer."
        assert await asyncio.wait_for(asyncio.to_thread(lambda: "free"), 5) == "free"
        hung = [one for one in threading.enumerate() if one.name == "look at a source"]
        assert 0 < len(hung) <= 4
        assert all(one.daemon for one in hung)  # Python does not wait for them at the end.
    finally:
        back.set()
    for one in hung:
        one.join(5)


async def test_a_question_says_everything_and_waits(scene: Scene) -> None:
    waiting = scene.ask("WebFetch", PAGE)
    (question,) = await scene.questions(1)
    assert question == Question(
        question.id,
        "WebFetch",
        "https://example.org/a",
        "What is it?",
        "example.org",
        "WebFetch(example.org)",
    )
    assert scene.turn.next_step(now() + 86_400)[0] is Step.WAIT
    assert not waiting.done()
    scene.gate.decide(question.id, Decision.ALLOW)
    assert await waiting == PermissionResultAllow()
    assert PermissionSettled(question.id) in await scene.rest()
    assert not scene.turn.is_stopping
    scene.turn.next_step(now() + 86_400)
    assert scene.turn.is_stopping


async def test_allowing_once_allows_once(scene: Scene) -> None:
    first = scene.ask("WebFetch", PAGE)
    (question,) = await scene.questions(1)
    scene.gate.decide(question.id, Decision.ALLOW)
    await first
    scene.ask("WebFetch", PAGE)
    (again,) = await scene.questions(1)
    assert again.id != question.id


async def test_allowing_for_the_branch_answers_the_same_and_is_remembered(scene: Scene) -> None:
    first, second, search = (
        scene.ask("WebFetch", PAGE),
        scene.ask("WebFetch", OTHER),
        scene.ask("WebSearch", SEARCH),
    )
    questions = {question.subject: question.id for question in await scene.questions(3)}
    scene.gate.decide(questions[PAGE["url"]], Decision.ALLOW_ON_BRANCH)
    assert await first == await second == PermissionResultAllow()
    assert not search.done()
    scene.begin("t2")
    assert await scene.ask("WebFetch", OTHER) == PermissionResultAllow()
    assert await scene.hook("WebFetch", PAGE) == {"permissionDecision": "allow"}
    elsewhere = {**PAGE, "url": "https://example.org:8080/a"}
    assert await scene.hook("WebFetch", elsewhere) == {"permissionDecision": "ask"}


async def test_refusing_says_so_to_claude_and_goes_on(scene: Scene) -> None:
    refused, other = scene.ask("WebFetch", PAGE, "u1"), scene.ask("WebSearch", SEARCH, "u2")
    questions = {question.tool: question.id for question in await scene.questions(2)}
    scene.gate.decide(questions["WebFetch"], Decision.REFUSE)
    result = await refused
    assert isinstance(result, PermissionResultDeny)
    assert not result.interrupt
    assert result.message.startswith("The writer refused it.")
    assert scene.gate.refusals == {"u1": "The writer refused it."}
    assert not other.done()
    assert not scene.turn.is_stopping


async def test_refusing_and_stopping_ends_every_question(scene: Scene) -> None:
    refused, other = scene.ask("WebFetch", PAGE, "u1"), scene.ask("WebSearch", SEARCH, "u2")
    questions = {question.tool: question.id for question in await scene.questions(2)}
    scene.gate.decide(questions["WebFetch"], Decision.REFUSE_AND_STOP)
    for task in (refused, other):
        result = await task
        assert isinstance(result, PermissionResultDeny)
        assert result.interrupt
    assert scene.turn.is_stopping
    assert scene.gate.refusals == {"u1": "The writer refused it."}
    settled = [event for event in await scene.rest() if isinstance(event, PermissionSettled)]
    assert sorted(event.id for event in settled) == sorted(questions.values())


async def test_the_end_of_a_turn_takes_its_questions_away(scene: Scene) -> None:
    waiting = scene.ask("WebSearch", SEARCH)
    (question,) = await scene.questions(1)
    scene.turn.end(TurnEnded(Outcome.FAILED, "It broke."))
    assert isinstance(await waiting, PermissionResultDeny)
    events = await scene.rest()
    assert PermissionSettled(question.id) in events[:-1]
    assert isinstance(events[-1], TurnEnded)


async def test_an_old_question_answers_nothing_in_a_new_turn(scene: Scene) -> None:
    scene.ask("WebSearch", SEARCH)
    (old,) = await scene.questions(1)
    scene.turn.end(TurnEnded(Outcome.STOPPED))
    scene.begin("t2")
    waiting = scene.ask("WebSearch", SEARCH)
    (new,) = await scene.questions(1)
    scene.gate.decide(old.id, Decision.ALLOW_ON_BRANCH)
    await asyncio.sleep(0)
    assert new.id != old.id
    assert not waiting.done()


async def test_a_turn_that_waits_its_turn_takes_no_question_away(scene: Scene) -> None:
    waiting = scene.ask("WebSearch", SEARCH)
    await scene.questions(1)
    queued = LiveTurn(
        TurnId("t2"),
        "next",
        Timeouts(),
        now(),
        mapping=TurnMapping(),
        before_end=scene.gate.take_away,
    )
    queued.end(TurnEnded(Outcome.STOPPED))
    await asyncio.sleep(0)
    assert not waiting.done()


@pytest.mark.parametrize("state", ["no turn", "over", "stopping"])
async def test_nobody_is_asked_when_the_turn_no_longer_runs(scene: Scene, state: str) -> None:
    match state:
        case "no turn":
            scene.gate = ToolGate(Access(has_web=True))
        case "over":
            scene.turn.end(TurnEnded(Outcome.STOPPED))
        case _:
            scene.turn.ask_stop(now())
    result = await scene.ask("WebSearch", SEARCH)
    assert result == PermissionResultDeny(message="The turn was stopped.", interrupt=True)
    assert not any(isinstance(event, PermissionAsked) for event in await scene.rest())


async def test_a_callback_that_is_cancelled_settles_its_question(scene: Scene) -> None:
    waiting = scene.ask("WebSearch", SEARCH)
    (question,) = await scene.questions(1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert PermissionSettled(question.id) in await scene.rest()
    scene.gate.decide(question.id, Decision.ALLOW)


def test_a_tool_may_be_silent_for_longer_than_claude() -> None:
    timeouts = Timeouts(silence=70, tool=300)
    turn = LiveTurn(TurnId("t"), "prompt", timeouts, 0.0, mapping=TurnMapping())
    use = ToolUseBlock(id="u", name="Grep", input={"pattern": "x"})
    turn.handle(AssistantMessage(content=[use], model="m", uuid="m1"), 10.0)
    assert turn.next_step(10.0) == (Step.WAIT, 300.0)
    turn.handle(UserMessage([ToolResultBlock(tool_use_id="u", content="found")]), 20.0)
    assert turn.next_step(20.0) == (Step.WAIT, 70.0)
    turn.handle(AssistantMessage(content=[use], model="m", uuid="m2"), 30.0)
    requesting = {"type": "system", "subtype": "status", "status": "requesting"}
    turn.handle(SystemMessage("status", requesting), 40.0)
    assert turn.next_step(40.0) == (Step.WAIT, 70.0)
    turn.handle(AssistantMessage(content=[use], model="m", uuid="m3"), 50.0)
    assert turn.next_step(350.0)[0] is Step.INTERRUPT


def options_for(access: Access) -> ClaudeAgentOptions:
    return session_options(
        sdk,
        SessionSpec(SessionId("s"), is_new=True, access=access),
        cli=Path("claude"),
        work_folder=Path("work"),
        environment={},
        on_stderr_line=print,
        gate=ToolGate(access),
    )


def test_claude_is_told_what_may_be_used_below_the_usual_words() -> None:
    access = Access(("/notes",), has_web=True)
    for given, prompt in (
        (NO_ACCESS, SYSTEM_PROMPT),
        (access, f"{SYSTEM_PROMPT}\n{access_words(access)}"),
    ):
        told = options_for(given).system_prompt
        assert told == {"type": "custom", "prompt": prompt, "snapshot": False}


@pytest.mark.parametrize(
    ("access", "tools"),
    [
        (NO_ACCESS, []),
        (Access(("/notes",)), ["Read", "Glob", "Grep"]),
        (Access(has_web=True), ["WebSearch", "WebFetch"]),
        (Access(("/notes",), has_web=True), ["Read", "Glob", "Grep", "WebSearch", "WebFetch"]),
    ],
)
def test_only_the_tools_of_the_access_are_offered(access: Access, tools: list[str]) -> None:
    options = options_for(access)
    assert options.tools == tools
    assert (options.can_use_tool is not None) is bool(tools)
    assert (options.hooks is not None) is bool(tools)
    assert options.allowed_tools == []
    assert isinstance(options.system_prompt, dict)
    prompt = str(options.system_prompt.get("prompt"))
    assert prompt.startswith(SYSTEM_PROMPT)
    assert ("<sources>\n/notes\n</sources>" in prompt) is bool(access.sources)


def test_a_hook_that_fails_or_is_late_refuses_and_no_transcript_is_swept() -> None:
    access = Access(("/notes",))
    options = options_for(access)
    assert options.hooks is not None
    ((matcher,),) = options.hooks.values()
    assert (matcher.matcher, matcher.on_failure) == (None, "block")
    assert matcher.timeout is not None
    assert matcher.timeout > gates._JUDGED_WITHIN
    assert options.settings is not None
    assert json.loads(options.settings)["cleanupPeriodDays"] >= 36_500
    assert options_for(NO_ACCESS).settings == options.settings
