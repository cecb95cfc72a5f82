"""A reply is the fold of its events, in whatever order they come."""

from hypothesis import given
from hypothesis import strategies as st

from tui.domain.drafts import split_reply
from tui.domain.events import (
    AnswerRestarted,
    ContextMeasured,
    Event,
    MessageCommitted,
    Noticed,
    Outcome,
    RequestStarted,
    RetryScheduled,
    SilenceAllowed,
    TextStreamed,
    ThinkingProgressed,
    TurnAccepted,
    TurnEnded,
    TurnSaved,
)
from tui.domain.ids import MessageId, TurnId
from tui.domain.reply import Activity, Reply

TEXTS = st.lists(
    st.sampled_from(["<draft>\n", "\n</draft>\n", "</dra", "ft>", "word ", "\n", "<", " ", "字"]),
    max_size=5,
).map("".join)
RETRY = RetryScheduled(1, 10, 2.0, "the API is overloaded (529)")
QUIET: list[Event] = [
    TurnAccepted(TurnId("t")),
    RequestStarted(),
    ThinkingProgressed(),
    RETRY,
    SilenceAllowed(250, is_whole_awaited=True),
    ContextMeasured(12.0),
    Noticed("something"),
    TurnSaved(TurnId("t"), None),
]
MOVES = st.one_of(
    TEXTS.map(TextStreamed),
    TEXTS.map(lambda text: MessageCommitted(MessageId(f"m{len(text)}"), text)),
    st.just(AnswerRestarted()),
    st.sampled_from(QUIET),
)
ENDS = st.sampled_from(Outcome).map(TurnEnded)


def folded(events: list[Event]) -> Reply:
    reply = Reply()
    for event in events:
        reply = reply.apply(event)
    return reply


def expected(events: list[Event]) -> tuple[str, str]:
    """Return what is committed, and what was streamed since."""
    committed = streamed = ""
    for event in events:
        match event:
            case TextStreamed(text):
                streamed += text
            case MessageCommitted(_, text):
                committed, streamed = committed + text, ""
            case AnswerRestarted():
                streamed = ""
            case _:
                pass
    return committed, streamed


@given(st.lists(MOVES, max_size=20))
def test_the_text_is_what_was_committed_and_the_preview_since(events: list[Event]) -> None:
    reply = Reply()
    for count, event in enumerate(events, start=1):
        reply = reply.apply(event)
        committed, streamed = expected(events[:count])
        assert (reply.committed, reply.streamed) == (committed, streamed)
        assert reply.text == committed + streamed
        assert reply.split.finish().segments == split_reply(reply.text)


@given(st.lists(MOVES, max_size=20), ENDS)
def test_the_end_decides_the_segments(events: list[Event], end: TurnEnded) -> None:
    reply = folded([*events, end])
    committed, streamed = expected(events)
    kept = "" if end.outcome is Outcome.FINISHED else streamed
    assert reply.text == committed + kept
    assert reply.segments == split_reply(reply.text)
    assert reply.activity is Activity.ENDED
    assert reply.retry is None
    assert reply.end is end


@given(st.lists(MOVES, max_size=8), ENDS, st.lists(st.one_of(MOVES, ENDS), max_size=8))
def test_nothing_after_the_end_changes_it(
    events: list[Event], end: TurnEnded, late: list[Event]
) -> None:
    reply = folded([*events, end])
    assert folded([*events, end, *late]) == reply
    assert reply.stopping() is reply


@given(st.lists(MOVES, max_size=20))
def test_the_anchor_is_the_last_committed_message(events: list[Event]) -> None:
    ids = [event.id for event in events if isinstance(event, MessageCommitted)]
    assert folded(events).anchor == (ids[-1] if ids else None)


@given(st.lists(MOVES, max_size=10), st.lists(MOVES, max_size=10))
def test_a_stop_that_was_asked_for_is_shown_until_the_end(
    before: list[Event], after: list[Event]
) -> None:
    reply = folded(before).stopping()
    for event in after:
        reply = reply.apply(event)
        assert reply.activity is Activity.STOPPING
    assert reply.apply(TurnEnded(Outcome.STOPPED)).activity is Activity.ENDED


def test_a_restarted_answer_takes_its_preview_back() -> None:
    reply = folded([TextStreamed("<draft>\nHalf"), AnswerRestarted()])
    assert reply.text == ""
    assert reply.segments == ()
    reply = folded([TextStreamed("Half"), AnswerRestarted(), TextStreamed("Whole")])
    assert reply.text == "Whole"


def test_a_commit_that_says_otherwise_than_the_preview_wins() -> None:
    reply = folded([TextStreamed("<draft>\nOne"), MessageCommitted(MessageId("m"), "No draft.")])
    assert reply.text == "No draft."
    assert [segment.text for segment in reply.segments] == ["No draft."]


def test_a_retry_is_over_when_something_arrives() -> None:
    arrivals: list[Event] = [
        TextStreamed("a"),
        RequestStarted(),
        ThinkingProgressed(),
        MessageCommitted(MessageId("m"), "a"),
    ]
    for event in arrivals:
        reply = folded([RETRY, event])
        assert reply.retry is None
        assert reply.activity is not Activity.RETRYING
    assert folded([RETRY]).retry is RETRY


def test_activity_tells_what_goes_on() -> None:
    events: list[Event] = [RequestStarted(), ThinkingProgressed(), TextStreamed("a"), RETRY]
    shown = [folded(events[: count + 1]).activity for count in range(len(events))]
    assert shown == [Activity.WAITING, Activity.THINKING, Activity.WRITING, Activity.RETRYING]
    assert Reply().activity is Activity.CONNECTING


@given(st.lists(MOVES, max_size=10))
def test_notices_are_kept_in_order(events: list[Event]) -> None:
    noticed = tuple(event.text for event in events if isinstance(event, Noticed))
    assert folded(events).notices == noticed
