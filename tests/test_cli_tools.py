"""What Claude used in a turn, as the commands tell it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fakes import CountedIds, MemoryStore, Script, ScriptedAgent, ticking_clock
from tui.domain.events import (
    AgentEvent,
    MessageCommitted,
    Outcome,
    RequestStarted,
    TextStreamed,
    ToolEnded,
    ToolStarted,
    TurnEnded,
)
from tui.domain.ids import MessageId
from tui.domain.reply import Reply
from tui.domain.tools import ToolState
from tui.headless.output import Out
from tui.headless.sending import send_prompt
from tui.headless.shapes import tree_json
from tui.headless.streaming import StreamedAnswer, WholeAnswer
from tui.studio.studio import Studio


def said(text: str) -> MessageCommitted:
    return MessageCommitted(MessageId("m"), text)


EVENTS: list[AgentEvent] = [
    RequestStarted(),
    TextStreamed("Let me look."),
    said("Let me look."),
    ToolStarted("a", "Read", "/home/ann/no\x1b[31mtes.md"),
    ToolStarted("b", "WebSearch", "cost"),
    ToolEnded("b", ToolState.REFUSED, "No."),
    ToolEnded("a", ToolState.DONE, "# Notes"),
    TextStreamed("<draft>\n"),
    TextStreamed("Text.\n</draft>"),
    said("<draft>\nText.\n</draft>"),
    TurnEnded(Outcome.FINISHED),
]
ANSWER = "Let me look.\n\n<draft>\nText.\n</draft>\n"


@pytest.mark.parametrize("kind", [StreamedAnswer, WholeAnswer])
def test_what_is_said_after_a_tool_begins_a_paragraph_and_each_tool_is_told(
    kind: Callable[..., StreamedAnswer],
) -> None:
    shown: list[str] = []
    told: list[str] = []
    answer = kind(shown.append, told.append)
    for event in EVENTS:
        answer.take(event)
    answer.finish()
    assert "".join(shown) == ANSWER
    assert told == ["Was refused: searching “cost”", "Read no\x1b[31mtes.md"]


TEXTS = st.sampled_from(["", "a", "b\n", "<draft>\n", "</draft>"])
MOVES = st.one_of(
    TEXTS.map(said),
    TEXTS.map(TextStreamed),
    st.builds(ToolStarted, st.sampled_from("xy"), st.just("Read"), st.just("/a")),
    st.builds(ToolEnded, st.sampled_from("xy"), st.sampled_from(ToolState)),
)


@given(st.lists(MOVES))
def test_what_goes_through_a_pipe_is_the_answer_that_is_saved(events: list[AgentEvent]) -> None:
    shown: list[str] = []
    answer, reply = WholeAnswer(shown.append), Reply()
    for event in events:
        answer.take(event)
        reply = reply.apply(event)
    assert "".join(shown) == reply.apply(TurnEnded(Outcome.FINISHED)).text


class Pipe:
    """Bytes that were written."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)

    def flush(self) -> None:
        """Do nothing."""


async def test_a_sent_prompt_tells_its_tools_beside_the_answer_and_in_json() -> None:
    agent = ScriptedAgent([Script(events=EVENTS), Script(events=EVENTS)])
    studio = Studio(MemoryStore(), agent, ticking_clock(), CountedIds())
    content = await studio.create("On cost")
    result, beside = Pipe(), Pipe()
    out = Out(result, beside)  # type: ignore[arg-type]
    assert await send_prompt(studio, out, reference=content.id, prompt="write") == 0
    assert result.data.decode() == ANSWER
    assert "redraft: Was refused: searching “cost”\n" in beside.data.decode()
    assert "\x1b" not in beside.data.decode()
    (branch,) = tree_json(await studio.content(content.id))["branches"]
    (turn,) = branch["turns"]
    assert turn["tools"] == [
        {"name": "Read", "subject": "/home/ann/no\x1b[31mtes.md", "state": "done"},
        {"name": "WebSearch", "subject": "cost", "state": "refused"},
    ]
    await studio.close()
