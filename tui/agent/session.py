"""One connected Claude session and the task that owns its client.

```
turn() ─ LiveTurn ─ conductor task: sends the prompt, watches stop and silence, measures the context
                  ▲
client ─ reader task (for the session's whole life) ─ feeds the running turn, notices a dead process
```
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from tui.agent.cli_contract.process import process_of
from tui.agent.cli_contract.surprises import unexpected
from tui.agent.errors import GONE
from tui.agent.gate import ToolGate
from tui.agent.prices import Price, TurnCost
from tui.agent.turn import LiveTurn, Step, Timeouts
from tui.domain.errors import ANSWER_BROKEN
from tui.domain.events import AgentEvent, ContextMeasured, Noticed, Outcome, TurnEnded
from tui.domain.ids import MessageId, SessionId, TurnId
from tui.domain.tools import Decision

if TYPE_CHECKING:
    from claude_agent_sdk import ClaudeSDKClient

_CONTEXT_SECONDS: Final = 0.3
_STOPPED_SECONDS: Final = 0.1
"""Seconds that a stopped turn waits for the copy of its session."""
_LAST_WORD_SECONDS: Final = 0.5
_LEAVING_SECONDS: Final = 1.5
"""Seconds after which a CLI that was told to exit is killed."""

_logger = logging.getLogger("redraft.agent")


class ClaudeSession:
    """A connected session: one turn at a time; a second turn waits for the first to end.

    `copy` is called after every turn with its last message; it never raises, and returns a sentence
    for the writer, or an empty text. `spent` is the session's cost before this connection, where
    known. `gate` decides about tool uses; `prices` are those of the models. `on_closed` is called
    at the end of the process behind the session.
    """

    def __init__(
        self,
        session: SessionId,
        client: "ClaudeSDKClient",
        timeouts: Timeouts,
        *,
        copy: Callable[[MessageId | None], Awaitable[str]],
        spent: float | None,
        gate: ToolGate,
        prices: Mapping[str, Price],
        on_closed: Callable[["ClaudeSession"], None],
    ) -> None:
        self.id = session
        self._client = client
        self._process = process_of(client)
        self._timeouts = timeouts
        self._copy = copy
        self._gate = gate
        self._prices = prices
        self._spent = spent
        self._turn: LiveTurn | None = None
        self._latest: LiveTurn | None = None
        self._is_usable = True
        self._tasks: set[asyncio.Task[None]] = set()
        self._disconnecting: asyncio.Task[None] | None = None
        self._on_closed = on_closed
        self._reader = asyncio.create_task(self._read(), name=f"read {session}")

    def leave(self) -> None:
        """Start closing the session without waiting for the end."""
        self._start(self.close())

    @property
    def is_usable(self) -> bool:
        """Whether another turn can be sent; if not, the caller connects again."""
        return self._is_usable

    def turn(self, turn_id: TurnId, prompt: str) -> AsyncIterator[AgentEvent]:
        """Send a prompt under the turn's id and yield what happens, `TurnEnded` included.

        The turn is under way once this returns, whether or not anyone reads on: a reader that
        goes away leaves the session intact. Never raises for a fault or a dead process.
        """
        from tui.agent.mapping import TurnMapping  # noqa: PLC0415 (imports the SDK)

        mapping = TurnMapping(self._gate.refusals, TurnCost(self._prices))
        turn = LiveTurn(
            turn_id,
            prompt,
            self._timeouts,
            self._now(),
            mapping=mapping,
            before_end=self._gate.take_away,
        )
        previous, self._latest = self._latest, turn
        self._start(self._conduct(turn, previous))
        return turn.events()

    async def stop(self) -> None:
        """Ask the running turn to end; harmless without one, or when already requested."""
        for turn in (self._turn, self._latest):
            if turn is not None and not turn.is_over:
                turn.ask_stop(self._now())
        self._gate.take_away()

    def decide(self, question: str, decision: Decision) -> None:
        """Answer a question by its id; harmless when the question is already answered or withdrawn.

        A permission granted for the branch is not asked for again in this session. A refusal with a
        stop ends the turn as stopped.
        """
        self._gate.decide(question, decision)

    async def close(self) -> None:
        """Stop the running turn and end the process behind the session."""
        was_usable, self._is_usable = self._is_usable, False
        if was_usable and self._latest is not None and not self._latest.is_over:
            await self.stop()
            try:
                async with asyncio.timeout(_LAST_WORD_SECONDS):
                    await self._latest.over.wait()
            except TimeoutError:
                _logger.warning("session %s is closed in the middle of a turn", self.id)
                self._signal("terminate")
        await asyncio.shield(self._disconnect())

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _conduct(self, turn: LiveTurn, previous: LiveTurn | None) -> None:
        try:
            if previous is not None:
                await previous.over.wait()
            self._turn = turn
            self._gate.begin(turn)
            turn.cost_before = self._spent
            if not self._is_usable:
                turn.break_off(GONE)
            elif turn.is_stopping:
                turn.end(TurnEnded(Outcome.STOPPED, total_cost=self._spent))
            else:
                turn.sent(self._now())
                # Concurrent with the watch: a frozen process never finishes reading a long prompt.
                self._start(self._send(turn))
                await self._watch(turn)
                self._spent = turn.total_cost
                if turn.has_used_budget:
                    self._is_usable = False
                await self._look_after(turn)
        except Exception:
            _logger.exception("turn %s broke off", turn.id)
            turn.break_off(ANSWER_BROKEN)
        finally:
            turn.break_off(GONE)
            turn.close()

    async def _send(self, turn: LiveTurn) -> None:
        async def message() -> AsyncIterator[dict[str, Any]]:
            yield {
                "type": "user",
                "uuid": turn.id,
                "message": {"role": "user", "content": turn.prompt},
                "parent_tool_use_id": None,
            }

        try:
            await self._client.query(message())
        except Exception:
            # The error is the SDK's own or the pipe's; in both cases nothing more can be sent.
            _logger.exception("session %s took no prompt", self.id)
            self._lose()
        turn.sent(self._now())

    async def _watch(self, turn: LiveTurn) -> None:
        while not turn.is_over:
            turn.woken.clear()
            step, seconds = turn.next_step(self._now())
            match step:
                case Step.INTERRUPT:
                    self._start(self._interrupt())
                case Step.DROP:
                    _logger.warning("session %s did not stop and is dropped", self.id)
                    self._lose()
                    self._signal("kill")
                    self._disconnect()
                case Step.WAIT:
                    try:
                        async with asyncio.timeout(seconds):
                            await turn.woken.wait()
                    except TimeoutError:
                        continue

    async def _interrupt(self) -> None:
        try:
            await self._client.interrupt()
        except Exception:
            # The watch repeats the interrupt; if it is too late, the dead process ends the turn
            # anyway.
            _logger.warning("an interrupt of session %s failed", self.id, exc_info=True)

    async def _look_after(self, turn: LiveTurn) -> None:
        work = {self._start(self._measure(turn)), self._start(self._keep(turn))}
        # The writer who stopped the turn waits for the prompt; the copy continues in the
        # background.
        await asyncio.wait(work, timeout=_STOPPED_SECONDS if turn.is_stopping else None)

    async def _measure(self, turn: LiveTurn) -> None:
        # The writer who stopped the turn waits for the prompt: the next turn measures the context.
        if not self._is_usable or turn.is_stopping:
            return
        try:
            async with asyncio.timeout(_CONTEXT_SECONDS):
                usage = await self._client.get_context_usage()
            # The SDK's `percentage` is a whole number: it stays at 0 for a long while.
            turn.add(ContextMeasured(100 * usage["totalTokens"] / usage["maxTokens"]))
        except Exception:
            _logger.info("the context of session %s was not measured", self.id, exc_info=True)

    async def _keep(self, turn: LiveTurn) -> None:
        problem = await self._copy(turn.last_message)
        if problem:
            turn.add(Noticed(problem))

    async def _read(self) -> None:
        try:
            while await self._read_on():
                pass
        except Exception:
            _logger.warning("session %s broke off", self.id, exc_info=True)
        self._lose()
        self._disconnect()

    async def _read_on(self) -> bool:
        """Read messages to the end; return whether to read on after an unreadable message."""
        try:
            async for message in self._client.receive_messages():
                if self._turn is not None:
                    self._turn.handle(message, self._now())
        except Exception as error:
            from tui.agent.cli_contract.messages import MessageParseError  # noqa: PLC0415

            if not isinstance(error, MessageParseError):
                raise
            unexpected("A message of Claude Code", error)
            _logger.warning("a message could not be read", exc_info=True)
            return True
        return False

    def _lose(self) -> None:
        """Break off the running turn, if there is one, and take no other."""
        self._is_usable = False
        if self._turn is not None:
            self._turn.break_off(GONE)

    def _signal(self, name: Literal["terminate", "kill"]) -> None:
        """Send a signal to a CLI that does not respond."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                getattr(self._process, name)()

    def _disconnect(self) -> asyncio.Task[None]:
        # A separate task: a caller cancelled twice would leave the process alive.
        if self._disconnecting is None:
            self._disconnecting = asyncio.create_task(self._disconnect_now())
        return self._disconnecting

    async def _disconnect_now(self) -> None:
        loop = asyncio.get_running_loop()
        hurry = loop.call_later(_LEAVING_SECONDS, self._signal, "kill")
        try:
            await self._client.disconnect()
        except Exception:
            _logger.warning("session %s did not disconnect cleanly", self.id, exc_info=True)
        finally:
            hurry.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        self._on_closed(self)
