"""What Claude uses in a turn, as part of the fold of its events."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.drafts import Part, finished_draft, split_reply
from tui.domain.events import (
    AnswerRestarted,
    Event,
    MessageCommitted,
    Outcome,
    PermissionAsked,
    PermissionSettled,
    RequestStarted,
    TextStreamed,
    ThinkingProgressed,
    ToolEnded,
    ToolStarted,
    TurnEnded,
)
from tui.domain.ids import MessageId
from tui.domain.reply import Activity, Reply
from tui.domain.tools import Question, ToolState, ToolUse

READ = ToolStarted("t1", "Read", "/notes/a.md")
SEARCH = ToolStarted("t2", "WebSearch", "kubernetes cost")
ASKED = PermissionAsked(Question("q1", "WebSearch", "kubernetes cost"))
DRAFT = "<draft>\n# Title\n\nText.\n</draft>\n"


def folded(*events: Event) -> Reply:
    reply = Reply()
    for event in events:
        reply = reply.apply(event)
    return reply


def said(text: str) -> MessageCommitted:
    return MessageCommitted(MessageId(f"m{len(text)}"), text)


def test_a_tool_runs_where_it_was_called_and_ends_with_its_result() -> None:
    reply = folded(said("Let me look."), READ)
    assert reply.tools == (ToolUse("t1", "Read", "/notes/a.md", at=12),)
    assert reply.activity is Activity.USING_TOOL
    ended = reply.apply(ToolEnded("t1", ToolState.DONE, "1 line"))
    assert ended.tools == (ToolUse("t1", "Read", "/notes/a.md", 12, ToolState.DONE, "1 line"),)
    assert ended.activity is Activity.WAITING


def test_tools_are_in_the_order_they_began_whichever_ends_first() -> None:
    reply = folded(READ, SEARCH, ToolEnded("t2", ToolState.REFUSED, "No."))
    assert [(use.id, use.state) for use in reply.tools] == [
        ("t1", ToolState.RUNNING),
        ("t2", ToolState.REFUSED),
    ]
    assert reply.activity is Activity.USING_TOOL
    assert reply.apply(ToolEnded("t1", ToolState.DONE)).activity is Activity.WAITING


def test_a_tool_told_twice_is_one_and_an_unknown_end_changes_none() -> None:
    reply = folded(READ, READ, ToolEnded("other", ToolState.DONE, "?"))
    assert reply.tools == (ToolUse("t1", "Read", "/notes/a.md"),)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_an_ended_turn_has_no_running_tool_and_no_question(outcome: Outcome) -> None:
    reply = folded(READ, SEARCH, ToolEnded("t1", ToolState.DONE, "1 line"), ASKED)
    ended = reply.apply(TurnEnded(outcome))
    assert [use.state for use in ended.tools] == [ToolState.DONE, ToolState.UNFINISHED]
    assert ended.tools[0].result == "1 line"
    assert ended.tools[1].result
    assert ended.questions == ()
    assert ended.apply(ToolEnded("t2", ToolState.DONE)) == ended


def test_questions_come_and_go_and_the_oldest_is_first() -> None:
    second = Question("q2", "WebFetch", "https://example.org/")
    reply = folded(SEARCH, ASKED, PermissionAsked(second))
    assert [question.id for question in reply.questions] == ["q1", "q2"]
    assert reply.activity is Activity.ASKING
    reply = reply.apply(PermissionSettled("q1"))
    assert reply.questions == (second,)
    assert reply.activity is Activity.ASKING
    reply = reply.apply(PermissionSettled("q2"))
    assert reply.questions == ()
    assert reply.activity is Activity.USING_TOOL
    assert reply.apply(PermissionSettled("q2")).questions == ()


def test_a_question_told_twice_is_asked_once() -> None:
    assert len(folded(ASKED, ASKED).questions) == 1


def test_a_stop_asked_for_is_still_shown_while_tools_end() -> None:
    for event in (READ, ToolEnded("t1", ToolState.DONE), ASKED, PermissionSettled("q1")):
        assert folded(READ).stopping().apply(event).activity is Activity.STOPPING


@pytest.mark.parametrize("has_deltas", [False, True])
@pytest.mark.parametrize("is_restarted", [False, True])
def test_a_draft_after_a_tool_is_a_draft(*, has_deltas: bool, is_restarted: bool) -> None:
    events: list[Event] = [said("Let me look."), READ, ToolEnded("t1", ToolState.DONE)]
    if is_restarted:
        events += [TextStreamed("<draft>\n# Ti"), AnswerRestarted()]
    if has_deltas:
        events += [TextStreamed(DRAFT[:5]), TextStreamed(DRAFT[5:])]
        segments = folded(*events).segments
        assert [segment.part for segment in segments] == [Part.TALK, Part.DRAFT]
    reply = folded(*events, said(DRAFT), TurnEnded(Outcome.FINISHED))
    assert reply.text == f"Let me look.\n\n{DRAFT}"
    assert [segment.part for segment in reply.segments] == [Part.TALK, Part.DRAFT]
    assert finished_draft(reply.text) == "# Title\n\nText."


def test_a_preview_after_a_tool_that_is_never_confirmed_is_kept_apart_when_stopped() -> None:
    reply = folded(said("Look."), READ, TextStreamed("<draft>\nHalf"), TurnEnded(Outcome.STOPPED))
    assert reply.text == "Look.\n\n<draft>\nHalf"
    assert reply.segments[-1].text == "Half"


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("Look.", "Now.", "Look.\n\nNow."),
        ("Look.\n", "Now.", "Look.\nNow."),
        ("", "Now.", "Now."),
        ("Look.", "", "Look."),
    ],
)
def test_texts_around_a_tool_are_apart(before: str, after: str, whole: str) -> None:
    assert folded(said(before), READ, said(after)).text == whole


def test_only_the_first_text_after_a_tool_is_set_apart() -> None:
    reply = folded(said("Look."), READ, said(""), said("Now"), said(" this."), SEARCH, said("End."))
    assert reply.text == "Look.\n\nNow this.\n\nEnd."


PIECES = st.lists(
    st.sampled_from(["<draft>\n", "\n</draft>\n", "</dra", "ft>", "word ", "\n", "<", " ", "字"]),
    max_size=5,
).map("".join)
PREVIEWS: st.SearchStrategy[Event] = st.one_of(
    PIECES.map(TextStreamed),
    st.just(AnswerRestarted()),
    st.just(RequestStarted()),
    st.just(ThinkingProgressed()),
)
IDS = st.sampled_from(["a", "b", "c"])
FACTS: st.SearchStrategy[Event] = st.one_of(
    PIECES.map(said),
    IDS.map(lambda name: ToolStarted(name, "Read", f"/{name}")),
    st.builds(ToolEnded, IDS, st.sampled_from(ToolState), PIECES),
    IDS.map(lambda name: PermissionAsked(Question(name, "WebSearch", name))),
    IDS.map(PermissionSettled),
)
TURNS = st.lists(st.tuples(st.just(value=True), FACTS) | st.tuples(st.just(value=False), PREVIEWS))


@given(TURNS)
def test_previews_never_change_what_a_turn_comes_to(moves: list[tuple[bool, Event]]) -> None:
    all_of_it = folded(*(event for _, event in moves), TurnEnded(Outcome.FINISHED))
    facts = folded(*(event for is_fact, event in moves if is_fact), TurnEnded(Outcome.FINISHED))
    assert all_of_it.text == facts.text
    assert all_of_it.tools == facts.tools
    assert all_of_it.segments == facts.segments == split_reply(facts.text)


@given(TURNS)
def test_the_parts_are_those_of_the_text_at_every_moment(moves: list[tuple[bool, Event]]) -> None:
    reply = Reply()
    places: dict[str, int] = {}
    for _, event in moves:
        if isinstance(event, ToolStarted):
            places[event.id] = len(reply.committed)
        reply = reply.apply(event)
        assert reply.split.finish().segments == split_reply(reply.text)
        assert {use.id: use.at for use in reply.tools} == places
        assert list(reply.tools) == sorted(reply.tools, key=lambda use: use.at)


@given(st.lists(PIECES.map(said) | PREVIEWS))
def test_without_tools_messages_are_joined_as_they_are(moves: list[Event]) -> None:
    reply = folded(*moves)
    whole = "".join(event.text for event in moves if isinstance(event, MessageCommitted))
    assert reply.committed == whole
    assert reply == replace(reply, tools=(), questions=(), is_apart=False)
