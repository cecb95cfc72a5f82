"""The answer to one prompt, as the fold of the events of its turn.

Committed text is final; streamed text is a preview, which is dropped when the answer restarts. A
blank line is inserted between the texts before and after a tool use, unless there is one already.
"""

from dataclasses import field, replace
from enum import StrEnum

from tui.domain.drafts import DraftSplit, Segment
from tui.domain.events import (
    AnswerRestarted,
    CostEstimated,
    Event,
    MessageCommitted,
    Noticed,
    Outcome,
    PermissionAsked,
    PermissionSettled,
    RequestStarted,
    RetryScheduled,
    SilenceAllowed,
    TextStreamed,
    ThinkingProgressed,
    ToolEnded,
    ToolStarted,
    TurnEnded,
)
from tui.domain.frozen import frozen
from tui.domain.ids import MessageId
from tui.domain.tools import Question, ToolState, ToolUse


class Activity(StrEnum):
    """The current activity in a turn."""

    CONNECTING = "connecting"
    WAITING = "waiting"
    THINKING = "thinking"
    WRITING = "writing"
    USING_TOOL = "using a tool"
    ASKING = "asking"
    RETRYING = "retrying"
    STOPPING = "stopping"
    ENDED = "ended"


@frozen
class Reply:
    """An answer so far; `apply` gives the next one."""

    activity: Activity = Activity.CONNECTING
    committed: str = ""
    """Text of the whole messages, joined."""
    streamed: str = ""
    """Text received since, of a message that is not complete yet."""
    split: DraftSplit = field(default_factory=DraftSplit)
    """`committed` and `streamed`, split into talk and draft."""
    anchor: MessageId | None = None
    retry: RetryScheduled | None = None
    silence: SilenceAllowed | None = None
    """The current silence timeout of the turn; None until it is known."""
    notices: tuple[str, ...] = ()
    tools: tuple[ToolUse, ...] = ()
    questions: tuple[Question, ...] = ()
    """The open questions to the writer, the oldest first."""
    estimate: float | None = None
    """Cost of the turn so far in dollars; None when unknown."""
    saved: float = 0.0
    """Dollars that the prompt cache took off that."""
    is_apart: bool = False
    """Whether the next text begins a new paragraph, because a tool was used since."""
    end: TurnEnded | None = None

    @property
    def text(self) -> str:
        """The whole text so far."""
        return self.committed + self.streamed

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The text so far as talk and drafts; text that may be a tag is held back until the end."""
        return self.split.finish().segments if self.end else self.split.segments

    def apply(self, event: Event) -> "Reply":
        """Return the reply after one more event; after the end nothing changes it."""
        if self.end is not None:
            return self
        match event:
            case RequestStarted() | ThinkingProgressed():
                is_thinking = isinstance(event, ThinkingProgressed)
                going = Activity.THINKING if is_thinking else Activity.WAITING
                return replace(self, activity=self._unless_stopping(going), retry=None)
            case AnswerRestarted():
                return self._restarted()
            case TextStreamed(text):
                return self._streamed(text)
            case MessageCommitted(message_id, text):
                return self._committed(message_id, text)
            case RetryScheduled():
                retrying = self._unless_stopping(Activity.RETRYING)
                return replace(self, activity=retrying, retry=event)
            case SilenceAllowed():
                return replace(self, silence=event)
            case Noticed(text):
                return replace(self, notices=(*self.notices, text))
            case ToolStarted() | ToolEnded() | PermissionAsked() | PermissionSettled():
                return self._used(event)
            case CostEstimated(dollars, saved):
                return replace(self, estimate=dollars, saved=saved)
            case TurnEnded():
                return self._ended(event)
            case _:
                return self

    def stopping(self) -> "Reply":
        """Return the reply with a requested stop."""
        return self if self.end else replace(self, activity=Activity.STOPPING)

    def _unless_stopping(self, activity: Activity) -> Activity:
        return Activity.STOPPING if self.activity is Activity.STOPPING else activity

    def _used(
        self, event: ToolStarted | ToolEnded | PermissionAsked | PermissionSettled
    ) -> "Reply":
        tools, questions = self.tools, self.questions
        match event:
            case ToolStarted(tool_id, name, subject):
                use = ToolUse(tool_id, name, subject, at=len(self.committed))
                tools = (*(tool for tool in tools if tool.id != tool_id), use)
            case ToolEnded(tool_id, state, result):
                tools = tuple(
                    replace(tool, state=state, result=result) if tool.id == tool_id else tool
                    for tool in tools
                )
            case PermissionAsked(question):
                questions = (*(one for one in questions if one.id != question.id), question)
            case PermissionSettled(question_id):
                questions = tuple(one for one in questions if one.id != question_id)
        is_running = any(tool.state is ToolState.RUNNING for tool in tools)
        activity = Activity.USING_TOOL if is_running else Activity.WAITING
        activity = Activity.ASKING if questions else activity
        return replace(
            self,
            activity=self._unless_stopping(activity),
            retry=None,
            tools=tools,
            questions=questions,
            is_apart=self.is_apart or isinstance(event, ToolStarted),
        )

    def _after_committed(self, text: str) -> str:
        needs_break = self.is_apart and self.committed and not self.committed.endswith("\n")
        return f"\n\n{text}" if needs_break and text else text

    def _restarted(self) -> "Reply":
        if not self.streamed:
            return self
        return replace(self, streamed="", split=DraftSplit().feed(self.committed))

    def _streamed(self, text: str) -> "Reply":
        text = text if self.streamed else self._after_committed(text)
        return replace(
            self,
            activity=self._unless_stopping(Activity.WRITING),
            retry=None,
            streamed=self.streamed + text,
            split=self.split.feed(text),
        )

    def _committed(self, message_id: MessageId, text: str) -> "Reply":
        text = self._after_committed(text)
        committed = self.committed + text
        split = self.split if text == self.streamed else DraftSplit().feed(committed)
        activity = self._unless_stopping(Activity.WRITING) if text else self.activity
        return replace(
            self,
            activity=activity,
            retry=None,
            committed=committed,
            streamed="",
            split=split,
            anchor=message_id,
            is_apart=self.is_apart and not text,
        )

    def _ended(self, event: TurnEnded) -> "Reply":
        # A finished turn is its committed messages: a preview none of them confirmed never was.
        last = self._restarted() if event.outcome is Outcome.FINISHED else self
        tools = tuple(
            replace(tool, state=ToolState.UNFINISHED, result="The turn ended before it was done.")
            if tool.state is ToolState.RUNNING
            else tool
            for tool in last.tools
        )
        return replace(
            last, activity=Activity.ENDED, retry=None, end=event, tools=tools, questions=()
        )
