"""Allows or refuses a session's tool uses, or asks the writer and waits for the answer.

```
CLI ─ PreToolUse hook ─ `before_use`: allow, deny, or “ask”
CLI ─ can_use_tool ──── `may_use`: a Question to the running turn, settled by `decide` or its end
```
"""

import asyncio
import itertools
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from tui.agent.permissions import Allowed, Denied, Verdict, judge
from tui.domain.events import PermissionAsked, PermissionSettled
from tui.domain.frozen import frozen
from tui.domain.tools import Access, Decision, Question
from tui.own_thread import begun

if TYPE_CHECKING:
    from claude_agent_sdk import PermissionResult, ToolPermissionContext

    from tui.agent.turn import LiveTurn

REFUSED: Final = "The writer refused it."
STOPPED: Final = "The turn was stopped."
_GO_ON: Final = "Do not ask for the same again: go on without it, and say what you could not check."
_JUDGED_WITHIN: Final = 20.0
"""Timeout in seconds for a path check; a hung network folder must not hang the turn."""
_LOOKS_AT_ONCE: Final = 4

_logger = logging.getLogger("redraft.agent")


@frozen
class _Open:
    question: Question
    turn: "LiveTurn"
    answer: "asyncio.Future[Decision | None]"
    """None when the question was withdrawn."""


class ToolGate:
    """Decides about every tool use in one session, and holds the session's open questions."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._rules = set(access.rules)
        self._turn: LiveTurn | None = None
        self._open: dict[str, _Open] = {}
        self._numbers = itertools.count(1)
        self._refusals: dict[str, str] = {}
        self._looks = asyncio.Semaphore(_LOOKS_AT_ONCE)
        """Limits concurrent path checks; a check that hangs keeps its slot for good."""

    @property
    def refusals(self) -> Mapping[str, str]:
        """Reasons of refused tool uses, by tool use id."""
        return MappingProxyType(self._refusals)

    def begin(self, turn: "LiveTurn") -> None:
        """Send questions to this turn from now on."""
        self.take_away()
        self._refusals.clear()
        self._turn = turn

    def take_away(self, turn: "LiveTurn | None" = None) -> None:
        """Withdraw all open questions, or only those of one turn."""
        for question, opened in list(self._open.items()):
            if turn is None or opened.turn is turn:
                self._settle(question, None)

    def decide(self, question: str, decision: Decision) -> None:
        """Answer a question by its id; harmless when the question is no longer open."""
        if question not in self._open:
            return
        opened = self._open[question]
        self._settle(question, decision)
        if decision is Decision.ALLOW_ON_BRANCH:
            rule = opened.question.rule
            self._rules.add(rule)
            for other in [key for key, one in self._open.items() if one.question.rule == rule]:
                self._settle(other, Decision.ALLOW)
        elif decision is Decision.REFUSE_AND_STOP:
            opened.turn.ask_stop(_now())
            self.take_away()

    async def before_use(
        self, event: Mapping[str, Any], tool_use: str | None, _context: object
    ) -> dict[str, Any]:
        """Answer the hook that the CLI calls before every use of a tool."""
        verdict = await self._verdict(event.get("tool_name"), event.get("tool_input"))
        output: dict[str, Any] = {"hookEventName": "PreToolUse", "permissionDecision": "allow"}
        match verdict:
            case Allowed(changed) if changed is not None:
                output["updatedInput"] = changed
            case Question():
                # Otherwise the CLI also fetches from hosts of its own choice without permission.
                output["permissionDecision"] = "ask"
            case Denied(reason):
                self._refuse(tool_use or event.get("tool_use_id"), reason)
                output |= {"permissionDecision": "deny", "permissionDecisionReason": reason}
        return {"hookSpecificOutput": output}

    async def may_use(
        self, sdk: ModuleType, tool: str, given: dict[str, Any], context: "ToolPermissionContext"
    ) -> "PermissionResult":
        """Answer the CLI's permission request, asking the writer if necessary."""
        turn = self._turn
        verdict = await self._verdict(tool, given)
        decision: Decision | None = Decision.ALLOW
        if isinstance(verdict, Question):
            decision = await self._asked(verdict, turn)
        if isinstance(verdict, Denied):
            self._refuse(context.tool_use_id, verdict.reason)
            result = sdk.PermissionResultDeny(message=verdict.reason)
        elif decision in (Decision.ALLOW, Decision.ALLOW_ON_BRANCH):
            changed = verdict.changed if isinstance(verdict, Allowed) else None
            result = sdk.PermissionResultAllow(updated_input=changed)
        elif decision is Decision.REFUSE:
            self._refuse(context.tool_use_id, REFUSED)
            result = sdk.PermissionResultDeny(message=f"{REFUSED} {_GO_ON}")
        else:
            if decision is not None:
                self._refuse(context.tool_use_id, REFUSED)
            result = sdk.PermissionResultDeny(message=STOPPED, interrupt=True)
        answer: PermissionResult = result
        return answer

    async def _verdict(self, tool: object, given: object) -> Verdict:
        if not isinstance(tool, str) or not isinstance(given, dict):
            return Denied("That tool cannot be used like that.")
        try:
            async with asyncio.timeout(_JUDGED_WITHIN):
                verdict = await self._looked(partial(judge, self._access, tool, given))
        except TimeoutError:
            return Denied("The disk does not answer.")
        except Exception:
            _logger.exception("a use of %s could not be judged", tool)
            return Denied("That cannot be judged.")
        if isinstance(verdict, Question) and verdict.rule in self._rules:
            return Allowed()
        return verdict

    async def _looked(self, judging: Callable[[], Verdict]) -> Verdict:
        """Judge in a separate thread; a hung folder blocks that thread and nothing else."""
        await self._looks.acquire()
        loop = asyncio.get_running_loop()

        def is_over(_look: "Future[Verdict]") -> None:
            with suppress(RuntimeError):  # The event loop is gone, and the places with it.
                loop.call_soon_threadsafe(self._looks.release)

        look = begun(judging, "look at a source")
        look.add_done_callback(is_over)
        return await asyncio.wrap_future(look)

    async def _asked(self, question: Question, turn: "LiveTurn | None") -> Decision | None:
        if turn is None or turn.is_over or turn.is_stopping:
            return None
        # A new id: ids of tool uses come from outside, and this id authorizes an answer.
        question = replace(question, id=f"{turn.id}/{next(self._numbers)}")
        answer: asyncio.Future[Decision | None] = asyncio.get_running_loop().create_future()
        self._open[question.id] = _Open(question, turn, answer)
        turn.pause_timeouts(_now())
        turn.add(PermissionAsked(question))
        try:
            return await answer
        finally:
            self._settle(question.id, None)

    def _settle(self, question: str, decision: Decision | None) -> None:
        opened = self._open.pop(question, None)
        if opened is None:
            return
        if not opened.answer.done():
            opened.answer.set_result(decision)
        if not opened.turn.is_over:
            opened.turn.add(PermissionSettled(question))
            opened.turn.resume_timeouts(_now())

    def _refuse(self, tool_use: object, reason: str) -> None:
        if isinstance(tool_use, str):
            self._refusals[tool_use] = reason


def _now() -> float:
    return asyncio.get_running_loop().time()
