"""The answer to one prompt, as the fold of the events of its turn.

The truth is what was committed; streamed text is a preview that a restarted answer takes back.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from tui.domain.drafts import DraftSplit, Segment
from tui.domain.events import (
    AnswerRestarted,
    Event,
    MessageCommitted,
    Noticed,
    Outcome,
    RequestStarted,
    RetryScheduled,
    TextStreamed,
    ThinkingProgressed,
    TurnEnded,
)
from tui.domain.ids import MessageId


class Activity(StrEnum):
    """What is going on in a turn right now."""

    CONNECTING = "connecting"
    WAITING = "waiting"
    THINKING = "thinking"
    WRITING = "writing"
    RETRYING = "retrying"
    STOPPING = "stopping"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer so far; `apply` gives the next one."""

    activity: Activity = Activity.CONNECTING
    committed: str = ""
    """Text of the whole messages, joined."""
    streamed: str = ""
    """Text that arrived since, of a message that is not whole yet."""
    split: DraftSplit = field(default_factory=DraftSplit)
    """`committed` and `streamed` told apart into talk and draft."""
    anchor: MessageId | None = None
    retry: RetryScheduled | None = None
    notices: tuple[str, ...] = ()
    end: TurnEnded | None = None

    @property
    def text(self) -> str:
        """The whole text so far."""
        return self.committed + self.streamed

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The text so far as talk and drafts; at the end nothing is held back."""
        return self.split.finish().segments if self.end else self.split.segments

    def apply(self, event: Event) -> "Reply":
        """Return the reply after one more event; after the end nothing changes it."""
        if self.end is not None:
            return self
        match event:
            case RequestStarted():
                return replace(self, activity=self._unless_stopping(Activity.WAITING), retry=None)
            case ThinkingProgressed():
                return replace(self, activity=self._unless_stopping(Activity.THINKING), retry=None)
            case AnswerRestarted():
                return self._restarted()
            case TextStreamed(text):
                return self._streamed(text)
            case MessageCommitted(message_id, text):
                return self._committed(message_id, text)
            case RetryScheduled():
                retrying = self._unless_stopping(Activity.RETRYING)
                return replace(self, activity=retrying, retry=event)
            case Noticed(text):
                return replace(self, notices=(*self.notices, text))
            case TurnEnded():
                return self._ended(event)
            case _:
                return self

    def stopping(self) -> "Reply":
        """Return the reply with the stop asked for and not yet done."""
        return self if self.end else replace(self, activity=Activity.STOPPING)

    def _unless_stopping(self, activity: Activity) -> Activity:
        return Activity.STOPPING if self.activity is Activity.STOPPING else activity

    def _restarted(self) -> "Reply":
        if not self.streamed:
            return self
        return replace(self, streamed="", split=DraftSplit().feed(self.committed))

    def _streamed(self, text: str) -> "Reply":
        return replace(
            self,
            activity=self._unless_stopping(Activity.WRITING),
            retry=None,
            streamed=self.streamed + text,
            split=self.split.feed(text),
        )

    def _committed(self, message_id: MessageId, text: str) -> "Reply":
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
        )

    def _ended(self, event: TurnEnded) -> "Reply":
        # A finished turn is its committed messages: a preview none of them confirmed never was.
        last = self._restarted() if event.outcome is Outcome.FINISHED else self
        return replace(last, activity=Activity.ENDED, retry=None, end=event)
