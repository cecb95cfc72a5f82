"""What must stay in an answer stays: locked words, and all outside a passage."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.domain.content_examples import MAIN, START, Library, blank_content
from tui.domain.changes import (
    approved,
    brought_back,
    relocked,
    with_branch,
    with_locks,
    with_turn,
)
from tui.domain.changes import edited as edited_by_hand
from tui.domain.content import Turn, TurnKind, TurnState
from tui.domain.drafts import trimmed
from tui.domain.errors import InvalidInput
from tui.domain.guarding import carried, with_locks_held, with_passage
from tui.domain.locks import broken_locks
from tui.domain.passage import Passage, PutBack, Span, merged, tight, toggled
from tui.domain.prompts import ASK_RULE, LOCKED_RULE, PASSAGE_ASK_RULE, PASSAGE_RULE, sent_prompt
from tui.domain.steps import Action
from tui.domain.undo import undone, with_step
from tui.studio.plan import plan_turn

WORDS = st.sampled_from(
    [
        "cat",
        "cats",
        "dog",
        "the",
        "the cat",
        "# Top",
        "- item",
        "> said",
        "```",
        "one\ntwo",
        "é🙂",
        "x" * 30,
    ]
)
PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
TEXTS = st.lists(PARAGRAPHS, min_size=1, max_size=6).map("\n\n".join).map(trimmed)
ANY_TEXTS = TEXTS | st.text(max_size=60).map(trimmed)


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    """A text that came of another: cut, put in, moved, or quite another one."""
    parts = text.split(" ")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(parts)))
        what = draw(st.sampled_from(["cut", "put", "move", "glue"]))
        if what == "cut":
            del parts[at : at + draw(st.integers(1, 3))]
        elif what == "put":
            parts.insert(at, draw(WORDS))
        elif what == "move" and parts:
            parts.append(parts.pop(min(at, len(parts) - 1)))
        elif parts:
            parts[min(at, len(parts) - 1)] += draw(st.sampled_from(["s", "\n", "-"]))
    return trimmed(" ".join(parts))


@st.composite
def locked_edits(draw: st.DrawFn) -> tuple[str, tuple[Span, ...], str]:
    """A text, what is locked in it, and what an answer made of it."""
    before = draw(ANY_TEXTS)
    places = st.integers(0, len(before))
    found = []
    for _ in range(draw(st.integers(0, 3))):
        start, end = sorted((draw(places), draw(places)))
        span = tight(before, Span(start, end))
        if span is not None:
            found.append(span)
    after = draw(edited(before) | ANY_TEXTS)
    return before, merged(found), after


@given(locked_edits())
@example(("the cat sat", (Span(4, 7),), "the cats sat"))
@example(("one\n\ntwo\n\nthree", (Span(0, 8),), "two\n\none\n\nthree"))
@example(("cat and cat", (Span(0, 3), Span(8, 11)), "cat"))
@example(("I went", (Span(0, 1),), "It went"))
@example(("cat sat", (Span(0, 3),), "bobcat sat"))
def test_locked_words_stand_in_the_text_whatever_the_answer_says(
    case: tuple[str, tuple[Span, ...], str],
) -> None:
    before, locks, after = case
    held = with_locks_held(before, locks, after)
    assert [span.of(held.text) for span in held.locks] == [lock.of(before) for lock in locks]
    ends = sorted(held.locks)
    assert all(one.end <= other.start for one, other in pairwise(ends))
    for lock, span in zip(locks, held.locks, strict=True):  # No word grew out of locked words.
        for old, new in ((lock.start, span.start), (lock.end, span.end)):
            was = 0 < old < len(before) and before[old - 1 : old + 1].isalnum()
            now = 0 < new < len(held.text) and held.text[new - 1 : new + 1].isalnum()
            assert was or not now
    if held.put_back is None:
        assert held.text == after
    assert with_locks_held(held.text, held.locks, held.text).text == held.text


@given(locked_edits())
def test_words_are_carried_to_where_they_stand_or_told_to_be_changed(
    case: tuple[str, tuple[Span, ...], str],
) -> None:
    before, locks, after = case
    for lock, span in zip(locks, carried(before, locks, after), strict=True):
        if span is not None:
            assert span.of(after) == lock.of(before)
        elif lock.of(before) in after:
            # They are there, but grown into other words, or another lock has them.
            assert before != after
    assert carried(before, locks, before) == locks


@given(TEXTS, st.data())
def test_nothing_outside_a_passage_changes_for_any_answer(before: str, data: st.DataObject) -> None:
    places = st.integers(0, len(before))
    start, end = sorted((data.draw(places), data.draw(places)))
    passage = tight(before, Span(start, end))
    if passage is None:
        return
    answer = data.draw(edited(before) | ANY_TEXTS)
    text, _ = with_passage(before, passage, answer)
    assert text.startswith(before[: passage.start])
    assert text.endswith(before[passage.end :])
    assert len(text) >= len(before) - len(passage.of(before))


BEFORE = (
    "# Moving\n\nWe left in May. It was cold.\n\nThe boxes came late. Nobody minded.\n\nThe end."
)
SECOND = Span(BEFORE.index("It was"), BEFORE.index("\n\nThe boxes"))


def test_an_answer_with_the_new_words_alone_takes_their_place() -> None:
    text, left_out = with_passage(BEFORE, SECOND, "\nSnow fell.\n")
    assert text == BEFORE.replace("It was cold.", "Snow fell.")
    assert left_out == 0


def test_of_a_whole_text_only_the_passage_is_taken() -> None:
    whole = BEFORE.replace("It was cold.", "Snow fell.").replace("The boxes came late.", "Boxes!")
    text, left_out = with_passage(BEFORE, SECOND, whole.replace("The end.", "The very end."))
    assert text == BEFORE.replace("It was cold.", "Snow fell.")
    assert left_out == 2


def test_words_put_into_a_passage_are_of_it_also_in_a_whole_text() -> None:
    passage = Span(BEFORE.index("We left"), BEFORE.index("\n\nThe boxes"))
    whole = BEFORE.replace("in May. It", "in May. Snow fell. It")
    text, left_out = with_passage(BEFORE, passage, whole.replace("The end", "The very end"))
    assert (text, left_out) == (whole, 1)


def test_a_whole_text_is_seen_as_one_when_it_breaks_off_or_differs_around_the_passage() -> None:
    cut_off = BEFORE[: BEFORE.index(" Nobody")].replace("It was cold.", "Snow fell.")
    assert with_passage(BEFORE, SECOND, cut_off)[0] == BEFORE.replace("It was cold.", "Snow fell.")
    around = BEFORE.replace("in May. It was cold.\n\nThe", "in June. Snow fell.\n\nAll")
    text, left_out = with_passage(BEFORE, SECOND, around)
    assert text == BEFORE.replace("It was cold.", "Snow fell.")
    assert left_out > 0


def test_a_paragraph_that_is_quite_another_is_not_put_behind_the_passage() -> None:
    other = BEFORE.replace("We left in May. It was cold.", "Quite other words, all of them new.")
    assert with_passage(BEFORE, SECOND, other)[0] == BEFORE


def test_a_word_beside_a_locked_one_may_change() -> None:
    lock = Span(BEFORE.index("May"), BEFORE.index("May") + 3)
    held = with_locks_held(BEFORE, (lock,), BEFORE.replace("left in May", "moved in June"))
    assert held.text == BEFORE.replace("left in May", "moved in May")


def test_locks_that_touch_are_one_and_a_cursor_at_the_end_of_one_unlocks_it() -> None:
    assert merged((Span(4, 7), Span(0, 4), Span(8, 9))) == (Span(0, 7), Span(8, 9))
    for at in (4, 5, 7):
        assert toggled("the cat sat", (Span(4, 7),), Span(at, at)) == ()
    with pytest.raises(InvalidInput, match="Select the words to lock first"):
        toggled("the cat sat", (Span(4, 7),), Span(9, 9))


def test_a_changed_lock_is_put_back_and_the_other_changes_stay() -> None:
    lock = Span(BEFORE.index("The boxes"), BEFORE.index(" Nobody"))
    after = BEFORE.replace("boxes came late", "boxes were late").replace("The end.", "Fin.")
    held = with_locks_held(BEFORE, (lock,), after)
    assert held.text == BEFORE.replace("The end.", "Fin.")
    assert held.put_back == PutBack(locked=("The boxes came late.",))


def test_a_lock_that_was_cut_comes_back_where_it_was() -> None:
    lock = Span(BEFORE.index("The boxes"), BEFORE.index("\n\nThe end"))
    after = BEFORE.replace("\n\nThe boxes came late. Nobody minded.", "") + "\n\nMore."
    held = with_locks_held(BEFORE, (lock,), after)
    assert held.text == BEFORE + "\n\nMore."
    assert held.locks[0].of(held.text) == lock.of(BEFORE)


def test_locked_words_that_only_moved_are_left_there() -> None:
    lock = Span(BEFORE.index("The boxes"), BEFORE.index("\n\nThe end"))
    boxes = "The boxes came late. Nobody minded.\n\n"
    after = boxes + BEFORE.replace(boxes, "")
    held = with_locks_held(BEFORE, (lock,), after)
    assert held.text == after
    assert held.put_back is None
    assert held.locks == (Span(0, len("The boxes came late. Nobody minded.")),)


# -- in a piece --------------------------------------------------------------------------------


def marked(library: Library, passage: Passage, reply: str) -> Turn:
    """A finished turn about a passage, on the main branch."""
    turn = library.begin(MAIN, TurnKind.REVISE)
    turn = replace(turn, passage=passage)
    library.content = with_turn(library.content, MAIN, turn)
    return library.end(MAIN, turn, TurnState.FINISHED, reply)


def test_the_turn_of_a_passage_makes_a_version_that_differs_there_alone() -> None:
    library = Library(blank_content())
    library.edit(MAIN, BEFORE)
    turn = marked(library, Passage(1, SECOND), "Snow fell.")
    assert library.content.version(2).text == BEFORE.replace("It was cold.", "Snow fell.")
    assert library.content.turn(MAIN, turn.id).put_back is None
    whole = library.content.version(2).text.replace("The end.", "Fin.").replace("Snow", "Rain")
    span = Span(SECOND.start, SECOND.start + len("Snow fell."))
    turn = marked(library, Passage(2, span), whole)
    assert library.content.version(3).text == BEFORE.replace("It was cold.", "Rain fell.")
    assert library.content.turn(MAIN, turn.id).put_back == PutBack(outside=1)


def test_an_edit_made_while_claude_wrote_on_a_passage_stays() -> None:
    library = Library(blank_content())
    library.edit(MAIN, BEFORE)
    turn = library.begin(MAIN, TurnKind.REVISE)
    turn = replace(turn, passage=Passage(1, SECOND))
    library.content = with_turn(library.content, MAIN, turn)
    library.edit(MAIN, BEFORE.replace("The end.", "Fin."))
    library.end(MAIN, turn, TurnState.FINISHED, "Snow fell.")
    text = BEFORE.replace("The end.", "Fin.").replace("It was cold.", "Snow fell.")
    assert library.content.version(3).text == text


def meanwhile(text: str, edit: str, passage: Span, answer: str) -> Library:
    """A piece whose draft was edited by hand while Claude wrote on a passage of it."""
    library = Library(blank_content())
    library.edit(MAIN, text)
    turn = library.begin(MAIN, TurnKind.REVISE)
    turn = replace(turn, passage=Passage(1, passage))
    library.content = with_turn(library.content, MAIN, turn)
    library.edit(MAIN, edit)
    library.end(MAIN, turn, TurnState.FINISHED, answer)
    return library


def test_an_edit_of_the_passage_itself_costs_only_its_own_paragraph() -> None:
    edit = BEFORE.replace("It was cold.", "It was chilly.").replace("The end.", "Fin.\n\nMore.")
    library = meanwhile(BEFORE, edit, SECOND, "Snow fell.")
    text = BEFORE.replace("It was cold.", "Snow fell.").replace("The end.", "Fin.\n\nMore.")
    assert library.content.version(3).text == text


def test_new_words_never_land_in_another_place_that_reads_alike() -> None:
    text = "the cat\n\nthe dog ran\n\nthe cat sat here"
    at = text.rindex("the cat")
    edit = text.replace("the cat sat here", "a wolf sat here")
    library = meanwhile(text, edit, Span(at, at + len("the cat")), "the lion")
    assert library.content.version(3).text == text.replace("the cat sat", "the lion sat")


def test_claude_is_told_of_an_edit_that_was_made_while_it_wrote_on_a_passage() -> None:
    library = meanwhile(BEFORE, BEFORE.replace("The end.", "Fin."), SECOND, "Snow fell.")
    branch = replace(library.content.branch(MAIN), is_live=True)
    library.content = with_branch(library.content, branch)
    told = plan_turn(library.content, MAIN).told
    assert told is not None
    assert told.number == 3


def test_lines_that_end_in_cr_lf_go_on_so_in_a_passage_and_break_no_lock() -> None:
    library = Library(blank_content())
    text = "One.\r\nTwo.\r\n\r\nThree.\r\nFour."
    library.edit(MAIN, text)
    library.content = with_locks(library.content, 1, (Span(0, 10),))
    start = text.index("Three.")
    turn = marked(library, Passage(1, Span(start, start + 6)), "3.\n\nThree.")
    assert library.content.version(2).text == text.replace("Three.", "3.\r\n\r\nThree.")
    turn = library.write(MAIN, "One.\nTwo.\n\nFive.")
    assert library.content.version(3).text == "One.\r\nTwo.\r\n\r\nFive."
    assert library.content.turn(MAIN, turn.id).put_back is None


def test_undo_and_an_older_version_bring_their_locks_back() -> None:
    library = Library(blank_content())
    library.edit(MAIN, BEFORE)
    library.content = with_locks(library.content, 1, (SECOND,))
    before = library.content
    library.edit(MAIN, BEFORE.replace("It was cold.", "It was warm."))
    edit = with_step(before, library.content, Action.EDIT, library.tick())
    assert edit.version(2).locks == ()
    edit = with_locks(edit, 2, (Span(0, 8),))
    back = undone(edit, library.tick()).content.draft(MAIN)
    older = brought_back(edit, MAIN, 1, library.tick()).draft(MAIN)
    for draft in (back, older):
        assert draft is not None
        assert [lock.of(draft.text) for lock in draft.locks] == ["# Moving", "It was cold."]


def test_locks_hold_in_an_answer_and_follow_the_text_through_edits_and_forks() -> None:
    library = Library(blank_content())
    library.edit(MAIN, BEFORE)
    library.content = with_locks(library.content, 1, (SECOND,))
    turn = library.write(MAIN, BEFORE.replace("cold", "warm").replace("The end.", "Fin."))
    content = library.content
    assert content.version(2).text == BEFORE.replace("The end.", "Fin.")
    assert content.turn(MAIN, turn.id).put_back == PutBack(locked=("It was cold.",))
    library.edit(MAIN, "First.\n\n" + BEFORE)
    edited = library.content.version(3)
    assert [lock.of(edited.text) for lock in edited.locks] == ["It was cold."]
    fork = library.fork(MAIN, 1)
    draft = library.content.draft(fork)
    assert draft is not None
    assert draft.locks == edited.locks
    library.write(fork, "Quite another text.")
    draft = library.content.draft(fork)
    assert draft is not None
    assert "It was cold." in draft.text


def test_what_is_taken_of_a_stopped_passage_is_held_to_the_locks_and_says_so() -> None:
    library = Library(blank_content())
    library.edit(MAIN, BEFORE)
    boxes = Span(BEFORE.index("The boxes"), BEFORE.index(" Nobody"))
    whole = Span(BEFORE.index("We left"), BEFORE.index("\n\nThe end"))
    library.content = with_locks(library.content, 1, (SECOND, boxes))
    turn = replace(library.begin(MAIN, TurnKind.REVISE), passage=Passage(1, whole))
    library.content = with_turn(library.content, MAIN, turn)
    turn = library.end(MAIN, turn, TurnState.STOPPED, None)
    moved = "The boxes came late. So it goes.\n\nWe left in May. It was"
    library.take(MAIN, turn, moved)
    made = library.content.version(2)
    assert made.is_partial
    assert made.text.startswith("# Moving\n\n")
    assert made.text.endswith("\n\nThe end.")
    assert {lock.of(made.text) for lock in made.locks} == {"It was cold.", "The boxes came late."}
    assert list(made.locks) == sorted(made.locks)
    assert library.content.turn(MAIN, turn.id).put_back == PutBack(locked=("It was cold.",))


def test_locks_stand_at_the_same_words_once_the_text_is_trimmed() -> None:
    content = edited_by_hand(blank_content(), MAIN, "\n \nOne two.\n", START, (Span(3, 6),))
    version = content.version(1)
    assert [lock.of(version.text) for lock in version.locks] == ["One"]


def test_locked_words_that_a_hand_edit_changed_are_locked_no_more() -> None:
    library = Library(blank_content())
    library.edit(MAIN, BEFORE)
    library.content = with_locks(library.content, 1, (SECOND, Span(0, 8)))
    library.edit(MAIN, BEFORE.replace("It was cold.", "It was warm."))
    after = library.content.version(2)
    assert after.locks == (Span(0, 8),)
    told = ("“It was cold.” was locked, and v2 changed it.",)
    assert broken_locks(library.content, after) == told
    library.write(MAIN, after.text.replace("The end.", "Fin."))
    assert broken_locks(library.content, library.content.version(3)) == told
    again = edited_by_hand(library.content, MAIN, BEFORE, START)
    assert broken_locks(again, again.version(4)) == ()
    library.content = approved(library.content, 3, library.tick())
    assert broken_locks(library.content, library.content.version(3)) == ()
    library.edit(MAIN, BEFORE)
    assert broken_locks(library.content, library.content.version(4)) == ()


def test_a_prompt_names_the_passage_and_what_is_locked() -> None:
    library = Library(blank_content())
    library.edit(MAIN, "the cat\n\nthe cat sat")
    content = with_locks(library.content, 1, (Span(9, 16),))
    turn = replace(library.begin(MAIN, TurnKind.REVISE), passage=Passage(1, Span(9, 16)))
    plan = plan_turn(content, MAIN)
    assert plan.locked == ("the cat",)
    sent = sent_prompt(content, turn, locked=plan.locked)
    assert f"<locked>\n{LOCKED_RULE}\n\nLocked:\nthe cat\n</locked>" in sent
    around = "Before it stands:\nthe cat\n\nAfter it stands:\nsat"
    assert f"<passage>\n{PASSAGE_RULE}\n\nPassage:\nthe cat\n\n{around}\n</passage>" in sent
    assert sent.endswith(turn.prompt)
    once = sent_prompt(content, replace(turn, passage=Passage(1, Span(9, 20))))
    assert f"{PASSAGE_RULE}\n\nPassage:\nthe cat sat\n</passage>" in once
    asking = sent_prompt(content, replace(turn, kind=TurnKind.ASK), locked=plan.locked)
    assert "<locked>" not in asking
    assert PASSAGE_ASK_RULE in asking
    assert ASK_RULE in asking


def test_claude_is_told_the_draft_after_something_was_put_back() -> None:
    library = Library(blank_content())
    library.edit(MAIN, BEFORE)
    library.content = with_locks(library.content, 1, (SECOND,))
    library.write(MAIN, BEFORE.replace("The end.", "Fin."))
    assert plan_turn(library.content, MAIN).told is None
    library.write(MAIN, BEFORE.replace("cold", "warm"))
    told = plan_turn(library.content, MAIN).told
    assert told is not None
    assert told.number == 3


def test_a_piece_told_again_with_a_passage_in_it_has_the_draft_told_too() -> None:
    library = Library(blank_content())
    library.write(MAIN, BEFORE)
    assert plan_turn(library.content, MAIN).told is None
    marked(library, Passage(1, SECOND), "Snow fell.")
    plan = plan_turn(library.content, MAIN)
    assert plan.earlier
    assert plan.told is not None
    assert plan.told.number == 2


def test_locks_that_were_changed_in_an_older_text_are_changed_in_the_newer_one() -> None:
    library = Library(blank_content())
    library.edit(MAIN, "One cat. Two dogs. Three mice.")
    cats, dogs, mice = Span(0, 8), Span(9, 18), Span(19, 30)
    library.content = with_locks(library.content, 1, (cats, dogs))
    library.edit(MAIN, "So: One cat. Two dogs. All mice.")
    before, after = library.content.versions
    assert [lock.of(after.text) for lock in after.locks] == ["One cat.", "Two dogs."]

    def locked(*locks: Span) -> list[str]:
        return [lock.of(after.text) for lock in relocked(before, locks, after)]

    assert locked(cats, dogs) == ["One cat.", "Two dogs."]
    assert locked(dogs) == ["Two dogs."]
    assert locked(dogs, mice) == ["Two dogs."]
    assert locked() == []
    assert locked(cats, Span(9, 12)) == ["One cat.", "Two"]
    with_own = replace(after, locks=(*after.locks, Span(23, 26)))
    assert [lock.of(after.text) for lock in relocked(before, (dogs,), with_own)] == [
        "Two dogs.",
        "All",
    ]
