"""The owner of a session, with a client that does what no real one does on request."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from claude_agent_sdk import (
    AssistantMessage,
    ClaudeSDKClient,
    CLIConnectionError,
    ResultMessage,
    TextBlock,
)
from claude_agent_sdk._errors import MessageParseError

from tests.agent.stage import new_turn, play
from tui.agent.gate import ToolGate
from tui.agent.session import ClaudeSession
from tui.agent.turn import Timeouts
from tui.domain.events import (
    ContextMeasured,
    MessageCommitted,
    Outcome,
    SilenceAllowed,
    TurnEnded,
)
from tui.domain.ids import MessageId, SessionId
from tui.domain.tools import NO_ACCESS

DONE = ResultMessage("success", 1, 1, False, 1, "s", terminal_reason="completed")
ANSWER = AssistantMessage([TextBlock("text")], model="m", uuid="u")


class StubClient:
    """Says its script, one list per prompt; an exception in it is raised."""

    def __init__(self, *scripts: list[Any]) -> None:
        self.sent: list[dict[str, Any]] = []
        self.is_connected = True
        self.refuses = False
        self.hangs = False
        self.takes_nothing = False
        self.is_asked = asyncio.Event()
        self._freed = asyncio.Event()
        self._scripts = list(scripts)
        self._messages: asyncio.Queue[Any] = asyncio.Queue()

    async def query(self, messages: AsyncIterator[dict[str, Any]]) -> None:
        if self.refuses:
            raise CLIConnectionError("Cannot write to terminated process")
        self.is_asked.set()
        if self.takes_nothing:
            await self._freed.wait()
        if not self.is_connected:
            raise CLIConnectionError("Cannot write to terminated process")
        self.sent += [message async for message in messages]
        for message in self._scripts.pop(0):
            self._messages.put_nowait(message)

    async def receive_messages(self) -> AsyncIterator[Any]:
        while (message := await self._messages.get()) is not None:
            if isinstance(message, Exception):
                raise message
            yield message

    async def interrupt(self) -> None:
        raise CLIConnectionError("no")

    async def get_context_usage(self) -> dict[str, Any]:
        if self.hangs:
            await asyncio.Event().wait()
        return {"totalTokens": 50, "maxTokens": 1000}

    async def disconnect(self) -> None:
        self.is_connected = False
        self._freed.set()
        self._messages.put_nowait(None)


def connected(client: StubClient, timeouts: Timeouts | None = None) -> ClaudeSession:
    async def no_copy(_upto: MessageId | None) -> str:
        return ""

    return ClaudeSession(
        SessionId("s"),
        cast(ClaudeSDKClient, client),
        timeouts or Timeouts(),
        copy=no_copy,
        spent=None,
        gate=ToolGate(NO_ACCESS),
        prices={},
        on_closed=lambda _: None,
    )


async def test_the_prompt_goes_out_under_the_turns_id() -> None:
    client = StubClient([ANSWER, DONE])
    session = connected(client)
    turn = new_turn()
    events = [event async for event in session.turn(turn, "hello")]
    kinds = [type(event) for event in events if not isinstance(event, SilenceAllowed)]
    assert kinds == [MessageCommitted, TurnEnded, ContextMeasured]
    assert events[-1] == ContextMeasured(5.0)
    (sent,) = client.sent
    assert sent["uuid"] == turn
    assert sent["message"] == {"role": "user", "content": "hello"}
    await session.close()
    assert not client.is_connected


async def test_a_message_that_cannot_be_read_is_passed_over() -> None:
    session = connected(StubClient([MessageParseError("odd"), ANSWER, DONE], [ANSWER, DONE]))
    for _ in range(2):
        played = await play(session, "hello")
        assert played.end.outcome is Outcome.FINISHED
        assert played.text == "text"
    await session.close()


async def test_a_second_turn_waits_for_the_first() -> None:
    client = StubClient([ANSWER, DONE], [ANSWER, DONE])
    session = connected(client)
    first, second = session.turn(new_turn(), "one"), session.turn(new_turn(), "two")
    kinds = [SilenceAllowed, MessageCommitted, TurnEnded, ContextMeasured]
    assert [type(event) async for event in second] == kinds
    assert [type(event) async for event in first] == kinds
    assert [sent["message"]["content"] for sent in client.sent] == ["one", "two"]
    await session.close()


@pytest.mark.parametrize("ending", [ValueError("bad line"), None], ids=["error", "end"])
async def test_a_stream_that_ends_in_mid_turn_fails_it(ending: Exception | None) -> None:
    client = StubClient([ANSWER, ending])
    session = connected(client)
    played = await play(session, "hello")
    assert played.end.outcome is Outcome.FAILED
    assert played.text == "text"
    assert not session.is_usable
    await session.close()
    assert not client.is_connected


async def test_a_prompt_that_cannot_be_sent_fails_the_turn() -> None:
    client = StubClient()
    client.refuses = True
    session = connected(client)
    assert (await play(session, "hello")).end.outcome is Outcome.FAILED
    assert not session.is_usable
    await session.close()


@pytest.mark.parametrize("way", ["stop", "silence"])
async def test_a_cli_that_does_not_even_take_the_prompt_cannot_hold_the_turn(way: str) -> None:
    # A long prompt fills the pipe to a frozen process, and writing it never ends.
    client = StubClient()
    client.takes_nothing = True
    timeouts = Timeouts(start=5.0 if way == "stop" else 0.05, arming=0.01, deadline=0.05)
    session = connected(client, timeouts)
    playing = asyncio.create_task(play(session, "hello"))
    await asyncio.wait_for(client.is_asked.wait(), 2)
    if way == "stop":
        await session.stop()
    played = await asyncio.wait_for(playing, 2)
    assert played.end.outcome is (Outcome.STOPPED if way == "stop" else Outcome.FAILED)
    assert not session.is_usable
    await session.close()
    assert not client.is_connected


async def test_a_stop_that_nobody_hears_ends_at_its_deadline() -> None:
    client = StubClient([ANSWER])
    session = connected(client, Timeouts(arming=0.01, resend=0.01, deadline=0.05))
    played = await play(session, "hello", on=MessageCommitted, do=session.stop)
    assert played.end.outcome is Outcome.STOPPED
    assert played.text == "text"
    assert not session.is_usable
    await session.close()


async def test_a_context_that_is_not_told_delays_nothing() -> None:
    client = StubClient([ANSWER, DONE])
    client.hangs = True
    session = connected(client)
    async with asyncio.timeout(2):
        played = await play(session, "hello")
    assert played.end.outcome is Outcome.FINISHED
    assert not played.of(ContextMeasured)
    await session.close()
