"""A turn with tool calls: the calls and results since the newest prompt."""

from collections.abc import Sequence
from dataclasses import replace

from tui.demo.seen import SeenCall, SeenMessage, SeenResult
from tui.domain.frozen import frozen

_OPENED, _CLOSED = "<system-reminder>", "</system-reminder>"


@frozen
class Step:
    """One tool call of the running turn and its result; a call without a result has failed."""

    call: SeenCall
    result: SeenResult | None

    @property
    def has_failed(self) -> bool:
        """Whether the tool failed, was refused, or never answered."""
        return self.result is None or self.result.is_error

    @property
    def found(self) -> str:
        """The tool's result without the reminders that the client appends."""
        text = "" if self.result is None else self.result.text
        while text.rstrip().endswith(_CLOSED) and _OPENED in text:
            text = text[: text.rindex(_OPENED)].rstrip()
        return text


@frozen
class ToolLoop:
    """The running turn of a conversation."""

    dialogue: tuple[SeenMessage, ...]
    """The conversation without tool calls and results."""
    steps: tuple[Step, ...]
    """Calls made since the newest prompt."""
    kept: str = ""
    """The part of a broken answer that the client kept, and whose rest the client asks for."""


def read_tool_loop(messages: Sequence[SeenMessage]) -> ToolLoop:
    """Return the running turn of a conversation, whose oldest message comes first."""
    prompts = [at for at, message in enumerate(messages) if message.is_prompt]
    newest = prompts[-1] if prompts else len(messages)
    results = {r.call_id: r for message in messages[newest + 1 :] for r in message.results}
    calls = [call for message in messages[newest + 1 :] for call in message.calls]
    dialogue = [
        replace(message, calls=(), results=()) if message.role == "user" else message
        for at, message in enumerate(messages)
        if not (at > newest or (message.role == "user" and not message.is_prompt))
    ]
    steps = tuple(Step(call, results.get(call.id)) for call in calls)
    is_cut = len(messages) > 1 and messages[-1].is_cut_note
    return ToolLoop(tuple(dialogue), steps, messages[-2].text if is_cut else "")
