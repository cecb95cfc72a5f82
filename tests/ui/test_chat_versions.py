"""Every version has its card in the conversation, by whom it was made and when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.ui.screens_host import KEYS
from tui.domain import changes, turn_changes
from tui.domain.content import (
    Author,
    Branch,
    Content,
    Turn,
    TurnKind,
    TurnState,
    Version,
)
from tui.domain.events import TextStreamed
from tui.domain.ids import BranchId, ContentId, SessionId, TurnId
from tui.domain.passage import Passage, PutBack, Span
from tui.domain.reply import Reply
from tui.screens.transcript import Transcript, live_items, turn_items
from tui.widgets.chat.items import ChatItem, Role

MAIN, FORK = BranchId("main"), BranchId("fork")
NOON = datetime(2026, 3, 4, 12, 0).astimezone()
DRAFT = "Here it is.\n<draft>\none two three\n</draft>\nShorter now.\n"


def at(hour: int, minute: int = 0) -> datetime:
    return NOON.replace(hour=hour, minute=minute).astimezone(UTC)


def a_turn(number: int, reply: str = DRAFT, version: int | None = None) -> Turn:
    return Turn(
        TurnId(f"t{number}"),
        TurnKind.REVISE,
        f"prompt {number}",
        NOON,
        TurnState.FINISHED,
        reply=reply,
        version=version,
    )


def a_content(*turns: Turn) -> Content:
    branch = Branch(MAIN, "main", SessionId("s"), at(8), turns=turns)
    return Content(ContentId("c"), "T", "post", "", at(8), at(8), MAIN, branches=(branch,))


def with_version(
    content: Content,
    text: str,
    moment: datetime,
    *,
    author: Author = Author.CLAUDE,
    branch: BranchId = MAIN,
) -> Content:
    return changes.with_version(content, branch, text, author=author, at=moment)


def shown(content: Content, branch: BranchId = MAIN, now: datetime = NOON) -> list[ChatItem]:
    return Transcript(KEYS, lambda: now).items(content, branch)


def cards(items: Sequence[ChatItem]) -> list[str]:
    return [item.heading for item in items if item.role is Role.DRAFT]


def edited() -> Content:
    """One answer with a draft, then an edit by hand, then a combination."""
    content = with_version(a_content(a_turn(1, version=1)), "one two three", at(13, 58))
    content = with_version(content, "one", at(14, 5), author=Author.YOU)
    return with_version(content, "one two", at(14, 6), author=Author.COMBINED)


def test_versions_by_whomever_are_cards_in_the_order_they_were_made() -> None:
    items = shown(edited())
    assert cards(items) == [
        "v1 · 3 words · by Claude · 13:58",
        "v2 · 1 word (−2) · by you · 14:05",
        "v3 · 2 words (+1) · combined by you · 14:06",
    ]
    assert [item.body for item in items if item.role is Role.DRAFT] == [
        "one two three",
        "one",
        "one two",
    ]
    assert [item.body for item in items[-2:]] == ["one", "one two"]
    assert len({item.key for item in items}) == len(items)


@pytest.mark.parametrize(
    ("days", "moment"),
    [(0, "13:58"), (1, "4 Mar 13:58"), (300, "4 Mar 13:58"), (310, "4 Mar 2026")],
)
def test_another_day_is_named(days: int, moment: str) -> None:
    transcript = Transcript(KEYS, lambda: NOON)
    content = edited()
    assert cards(transcript.items(content, MAIN))[0].endswith(" · 13:58")
    transcript._now = lambda: NOON + timedelta(days=days)
    assert cards(transcript.items(content, MAIN))[0] == f"v1 · 3 words · by Claude · {moment}"


def test_an_edit_before_any_turn_and_one_right_after_a_fork_are_shown() -> None:
    content = with_version(a_content(), "mine", at(9), author=Author.YOU)
    assert cards(shown(content)) == ["v1 · 1 word · by you · 09:00"]
    content = edited()
    content = changes.forked(
        content, MAIN, 1, branch=FORK, session=SessionId("s2"), name="other", at=at(15)
    )
    content = with_version(content, "of the fork", at(15, 1), author=Author.YOU, branch=FORK)
    content = with_version(content, "later on main", at(15, 2), author=Author.YOU)
    on_fork = [heading.split(" · ")[0] for heading in cards(shown(content, FORK))]
    on_main = [heading.split(" · ")[0] for heading in cards(shown(content))]
    assert on_fork == ["v1", "v2", "v3", "v4"]
    assert on_main == ["v1", "v2", "v3", "v5"]


def test_talk_that_was_taken_becomes_the_card() -> None:
    talk = "one two three, without tags\n"
    content = a_content(a_turn(1, talk))
    assert cards(shown(content)) == []
    content = turn_changes.taken_draft(content, MAIN, TurnId("t1"), talk, at(14))
    items = shown(content)
    assert cards(items) == ["v1 · 5 words · by Claude · 14:00"]
    assert [item.role for item in items] == [Role.YOU, Role.DRAFT]


def test_an_old_answer_that_is_taken_is_the_last_card() -> None:
    content = a_content(a_turn(1, "old talk"), a_turn(2, DRAFT, version=1))
    content = with_version(content, "one two three", at(13))
    content = turn_changes.taken_draft(content, MAIN, TurnId("t1"), "old talk", at(14))
    assert cards(shown(content))[-1].startswith("v2 · 2 words (−1) · by Claude · 14:00")


def test_items_of_turns_that_did_not_change_are_the_same_objects() -> None:
    content = with_version(edited(), "x" * 300_000, at(14, 7), author=Author.YOU)
    transcript = Transcript(KEYS, lambda: NOON)
    before = transcript.items(content, MAIN)
    grown = replace(content.branches[0], turns=(*content.branches[0].turns, a_turn(2)))
    after = transcript.items(replace(content, branches=(grown,)), MAIN)
    assert all(one is other for one, other in zip(before, after, strict=False))


def test_a_draft_is_open_until_its_end_tag_came() -> None:
    content = a_content(a_turn(1))
    numbered = content.lineage(MAIN)[0]

    def live(text: str) -> ChatItem:
        reply = Reply().apply(TextStreamed(text))
        items = live_items(content, numbered, reply, 3, keys=KEYS)
        return next(item for item in items if item.role is Role.DRAFT)

    assert live("<draft>\none two three\n").is_open
    assert not live("<draft>\none two three\n</draft>\n").is_open
    assert live("<draft>\none two three\n</draft>\n").heading == "v1 · 3 words"


OTHER_KEYS = {"retry": "F5", "take": "K", "stop": "F9", "revise": "w", "edit": "X"}


@pytest.mark.parametrize("keys", [KEYS, OTHER_KEYS])
def test_sentences_name_the_keys_they_are_given(keys: dict[str, str]) -> None:
    partial = "<draft>\nhalf"

    def last(turn: Turn) -> str:
        content = a_content(turn)
        return turn_items(content, content.lineage(MAIN)[0], keys=keys, now=NOON)[-1].body

    again, take = f"Press {keys['retry']} to ask again.", f"In the chat, {keys['take']} makes"
    failed = replace(a_turn(1, partial), state=TurnState.FAILED, failure="It broke.")
    assert last(failed) == f"It broke. {again} {take} the part the draft."
    closed = replace(a_turn(1, ""), state=TurnState.INTERRUPTED)
    assert last(closed) == f"Redraft closed before this answer finished. {again}"
    stopped = replace(a_turn(1, partial), state=TurnState.STOPPED)
    assert last(stopped).endswith(f"{take} the part the draft.")
    talk = replace(a_turn(1, "Hm."), kind=TurnKind.GENERATE)
    assert last(talk) == f"No draft in this answer. {take} it the draft."
    hint = Transcript(keys, lambda: NOON).items(a_content(), MAIN)[-1].body
    assert hint == (
        "Tell Claude below what to write. "
        f"To write it yourself, go to the chat and press {keys['edit']}."
    )


def test_a_draft_that_was_stopped_before_its_first_word_is_not_shown_and_not_offered() -> None:
    content = a_content(replace(a_turn(1, "Bolder.\n<draft>\n# "), state=TurnState.STOPPED))
    items = turn_items(content, content.lineage(MAIN)[0], keys=KEYS, now=NOON)
    assert [item.role for item in items] == [Role.YOU, Role.CLAUDE, Role.NOTE]
    assert items[-1].body == "Stopped: what had arrived is kept."


def test_a_part_of_a_passage_is_not_called_a_draft() -> None:
    turn = replace(a_turn(1, "<draft>\nsix sev"), passage=Passage(1, Span(4, 7)))
    content = with_version(a_content(turn), "one two six", at(13), author=Author.YOU)
    numbered, text = content.lineage(MAIN)[0], TextStreamed("<draft>\nsix seven")
    live = live_items(content, numbered, Reply().apply(text), 2, keys=KEYS)
    assert [item.heading for item in live if item.role is Role.DRAFT] == ["passage · 2 words"]
    stopped = replace(numbered, turn=replace(turn, state=TurnState.STOPPED))
    items = turn_items(content, stopped, keys=KEYS, now=NOON)
    headings = [item.heading for item in items if item.role is Role.DRAFT]
    assert headings == ["partial passage · 2 words"]
    assert items[-1].body.endswith("In the chat, t puts the part in its place.")


def test_a_version_of_another_branch_has_no_card_here() -> None:
    content = edited()
    other = replace(content.versions[1], branch=BranchId("elsewhere"))
    versions: tuple[Version, ...] = (content.versions[0], other, content.versions[2])
    assert len(cards(shown(replace(content, versions=versions)))) == 2


def test_a_turn_says_what_it_is_about_and_what_was_put_back() -> None:
    put_back = PutBack(outside=2, locked=("one\ntwo",))
    turn = replace(a_turn(1, version=2), passage=Passage(1, Span(4, 7)), put_back=put_back)
    content = with_version(a_content(turn), "one two six", at(13), author=Author.YOU)
    content = with_version(content, "one two three", at(14))
    content = changes.with_locks(content, 2, (Span(0, 7),))
    items = shown(content)
    notes = [item.body for item in items if item.role is Role.NOTE]
    assert notes[0] == "About this passage: “two”"
    assert notes[-1] == (
        "Claude changed locked words; Redraft put them back: “one two”. "
        "Redraft left out 2 changes outside the passage."
    )
    assert cards(items)[0] == "v2 · passage · 3 words (±0) · 1 locked · by Claude · 14:00"
