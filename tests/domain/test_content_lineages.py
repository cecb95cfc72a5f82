"""Branches, their lineages and their drafts, under any history of a content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.content_examples import DOINGS, MAIN, Library, blank_content, do, lived
from tui.domain.changes import with_main
from tui.domain.content import Author, TurnKind, TurnState, Version
from tui.domain.errors import InvalidInput, NotFound, Refused
from tui.domain.ids import BranchId, TurnId
from tui.domain.words import count_words, text_hash

History = list[tuple[str, int, int]]


@pytest.fixture
def library() -> Library:
    return Library(blank_content())


def newest(library: Library) -> Version:
    return library.content.versions[-1]


def forked_draft(library: Library, branch: BranchId, number: int) -> str | None:
    """Fork and return the text of the draft that the new branch begins with."""
    fork = library.fork(branch, number)
    draft = library.content.draft(fork)
    return None if draft is None else draft.text


@given(DOINGS)
def test_turns_count_from_one_and_belong_to_their_owner(doings: History) -> None:
    content = lived(doings).content
    for branch in content.branches:
        line = content.lineage(branch.id)
        assert [numbered.number for numbered in line] == list(range(1, len(line) + 1))
        assert content.length(branch.id) == len(line)
        assert [content.turn_at(branch.id, number + 1) for number in range(len(line))] == [*line]
        with pytest.raises(NotFound):
            content.turn_at(branch.id, len(line) + 1)
        for numbered in line:
            assert numbered.turn in content.branch(numbered.owner).turns
            assert content.turn_at(branch.id, numbered.number) == numbered


@given(DOINGS, st.integers(0, 30), st.integers(0, 30))
def test_a_fork_shares_the_line_up_to_its_turn_and_changes_no_other(
    doings: History, which: int, number: int
) -> None:
    library = lived(doings)
    before = library.content
    parent = before.branches[which % len(before.branches)].id
    number %= len(before.lineage(parent)) + 1
    fork = library.fork(parent, number)
    after = library.content
    assert after.lineage(fork) == before.lineage(parent)[:number]
    for branch in before.branches:
        assert after.lineage(branch.id) == before.lineage(branch.id)
        assert after.draft(branch.id) == before.draft(branch.id)
        assert after.branch(branch.id) == branch
    library.write(fork, "Its own text.")
    grown = library.content
    assert grown.lineage(fork)[:number] == before.lineage(parent)[:number]
    assert [numbered.owner for numbered in grown.lineage(fork)[number:]] == [fork]
    assert grown.lineage(parent) == before.lineage(parent)
    assert grown.draft(parent) == before.draft(parent)


@given(DOINGS, DOINGS, st.integers(0, 30))
def test_a_fork_keeps_its_line_and_draft_whatever_others_do(
    doings: History, later: History, number: int
) -> None:
    library = lived(doings)
    fork = library.fork(MAIN, number % (len(library.content.lineage(MAIN)) + 1))
    line, draft = library.content.lineage(fork), library.content.draft(fork)
    others = [branch.id for branch in library.content.branches if branch.id != fork]
    for doing, which, count in later:
        target = library.content.branch(others[which % len(others)])
        place = library.content.branches.index(target)
        do(library, doing if doing != "take" else "edit", place, count)
        assert library.content.lineage(fork) == line
        assert library.content.draft(fork) == draft


@given(DOINGS, DOINGS)
def test_a_fork_finds_the_draft_as_it_stood_at_that_turn(doings: History, later: History) -> None:
    library = lived(doings)
    seen = {}
    for branch in library.content.branches:
        number = len(library.content.lineage(branch.id))
        seen[branch.id] = number, library.content.draft(branch.id)
    for branch_id, (number, draft) in seen.items():
        fork = library.fork(branch_id, number)
        assert library.content.draft(fork) == draft
    for branch_id, (number, draft) in seen.items():
        library.write(branch_id, f"Later on {branch_id}.")
        library.edit(branch_id, f"Later still on {branch_id}.")
        fork = library.fork(branch_id, number)
        assert library.content.draft(fork) == draft


@given(DOINGS)
def test_versions_are_numbered_in_order_and_exact(doings: History) -> None:
    content = lived(doings).content
    for number, version in enumerate(content.versions, start=1):
        assert version.number == number
        assert content.version(number) is version
        assert version.sha256 == text_hash(version.text)
        assert version.words == count_words(version.text)
        assert 0 <= version.after_turn <= len(content.lineage(version.branch))
        if version.before is not None:
            assert version.before < number
            assert content.version(version.before).text != version.text


@given(DOINGS, DOINGS)
def test_history_is_never_rewritten(doings: History, later: History) -> None:
    library = lived(doings)
    before = library.content
    for doing in later:
        do(library, *doing)
    after = library.content
    assert after.versions[: len(before.versions)] == before.versions
    for branch in before.branches:
        kept = after.branch(branch.id).turns[: len(branch.turns)]
        assert [turn.id for turn in kept] == [turn.id for turn in branch.turns]
        assert [turn.reply for turn in kept] == [turn.reply for turn in branch.turns]


def test_a_finished_draft_becomes_a_version(library: Library) -> None:
    turn = library.write(MAIN, "One.", TurnKind.GENERATE)
    assert turn.version == 1
    version = library.content.version(1)
    assert (version.text, version.author, version.after_turn) == ("One.", Author.CLAUDE, 1)
    assert (version.before, version.is_partial, version.branch) == (None, False, MAIN)
    library.write(MAIN, "Two.")
    assert library.content.version(2).before == 1


@pytest.mark.parametrize("kind", [TurnKind.ASK, TurnKind.CHECK])
def test_an_ask_or_a_check_makes_no_version_by_itself(library: Library, kind: TurnKind) -> None:
    turn = library.write(MAIN, "A draft all the same.", kind)
    assert turn.version is None
    assert library.content.versions == ()


@pytest.mark.parametrize("state", [TurnState.STOPPED, TurnState.FAILED, TurnState.INTERRUPTED])
def test_an_unfinished_turn_makes_a_version_only_when_taken(
    library: Library, state: TurnState
) -> None:
    turn = library.write(MAIN, "Half a", state=state)
    assert library.content.versions == ()
    library.take(MAIN, turn, "\nHalf a \n")
    version = library.content.version(1)
    assert (version.text, version.is_partial) == ("Half a", True)
    assert library.content.branch(MAIN).turns[0].version == 1
    with pytest.raises(Refused, match="v1"):
        library.take(MAIN, library.content.branch(MAIN).turns[0], "again")


def test_an_unchanged_draft_makes_no_version(library: Library) -> None:
    library.write(MAIN, "One.")
    library.write(MAIN, "One.")
    library.edit(MAIN, "One.\n\n")
    assert len(library.content.versions) == 1
    assert library.content.branch(MAIN).turns[1].version is None


def test_an_empty_edit_or_taking_nothing_is_refused(library: Library) -> None:
    turn = library.write(MAIN, None)
    with pytest.raises(InvalidInput):
        library.edit(MAIN, " \n\t\n")
    with pytest.raises(Refused):
        library.take(MAIN, turn, "\n ")


def test_a_turn_of_the_parent_is_not_taken_on_the_fork(library: Library) -> None:
    turn = library.write(MAIN, None)
    fork = library.fork(MAIN, 1)
    with pytest.raises(NotFound, match="another branch"):
        library.take(fork, turn, "Text")


def test_only_one_turn_runs_on_a_branch(library: Library) -> None:
    library.write(MAIN, "One.")
    fork = library.fork(MAIN, 1)
    library.begin(MAIN, TurnKind.REVISE)
    with pytest.raises(Refused, match="first draft"):
        library.begin(MAIN, TurnKind.REVISE)
    assert library.begin(fork, TurnKind.REVISE).state is TurnState.RUNNING


def test_a_text_of_the_writers_own_is_there_for_a_fork_before_the_first_turn(
    library: Library,
) -> None:
    library.edit(MAIN, "My own beginning.")
    library.write(MAIN, "Claude's.")
    assert forked_draft(library, MAIN, 0) == "My own beginning."


def test_a_hand_edit_goes_with_a_fork_after_the_same_turn(library: Library) -> None:
    library.write(MAIN, "One.")
    library.edit(MAIN, "One, by hand.")
    library.write(MAIN, "Two.")
    assert forked_draft(library, MAIN, 1) == "One, by hand."
    assert forked_draft(library, MAIN, 0) is None


def test_an_edit_on_an_empty_fork_goes_with_a_fork_of_it(library: Library) -> None:
    library.write(MAIN, "One.")
    first = library.fork(MAIN, 1)
    library.edit(first, "Edited on the fork.")
    assert forked_draft(library, first, 1) == "Edited on the fork."
    assert library.content.branches[-1].parent == MAIN


def test_a_text_taken_late_is_the_draft_now_and_not_then(library: Library) -> None:
    stopped = library.write(MAIN, "Half", state=TurnState.STOPPED)
    library.write(MAIN, "Whole.")
    library.write(MAIN, "Whole again.")
    library.take(MAIN, stopped, "Half")
    assert newest(library).after_turn == 3
    drafts = [forked_draft(library, MAIN, number) for number in (1, 2, 3)]
    assert drafts == ["Half", "Whole.", "Half"]


def test_a_fork_of_a_fork_at_a_shared_turn_leaves_the_ancestor(library: Library) -> None:
    for text in ("One.", "Two.", "Three."):
        library.write(MAIN, text)
    child = library.fork(MAIN, 2)
    library.write(child, "Child's third.")
    at_shared, at_own = library.fork(child, 1), library.fork(child, 3)
    at_start = library.fork(child, 0)
    parents = [library.content.branch(fork).parent for fork in (at_shared, at_own, at_start)]
    assert parents == [MAIN, child, MAIN]
    drafts = [library.content.draft(fork) for fork in (at_shared, at_own, at_start)]
    assert [draft and draft.text for draft in drafts] == ["One.", "Child's third.", None]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (-1, "Choose a turn first: they are counted from 1"),
        (2, "Branch “first draft” has no turn 2: its last one is 1"),
        (99, "Branch “first draft” has no turn 99: its last one is 1"),
    ],
)
def test_a_fork_at_no_turn_is_refused_with_the_range(
    library: Library, number: int, said: str
) -> None:
    library.write(MAIN, "One.")
    with pytest.raises(NotFound, match=said):
        library.fork(MAIN, number)
    assert len(library.content.branches) == 1


def test_forks_with_the_same_name_are_told_apart(library: Library) -> None:
    forks = [library.fork(MAIN, 0, "spicier") for _ in range(3)]
    names = [library.content.branch(fork).name for fork in forks]
    assert names == ["spicier", "spicier 2", "spicier 3"]
    assert library.content.branch_called("spicier 2").id == forks[1]
    with pytest.raises(NotFound, match="first draft, spicier"):
        library.content.branch_called("milder")


def test_unknown_places_are_refused_with_what_there_is(library: Library) -> None:
    content = library.content
    with pytest.raises(NotFound, match="no draft yet"):
        content.version(1)
    with pytest.raises(NotFound, match="no turns yet"):
        content.turn_at(MAIN, 1)
    with pytest.raises(NotFound):
        content.branch(BranchId("nowhere"))
    library.write(MAIN, "One.")
    with pytest.raises(NotFound, match="newest is v1"):
        library.content.version(0)


class TestWhatClaudeKnows:
    """A version is told to Claude exactly when its session does not know it."""

    def test_its_own_draft_is_known(self, library: Library) -> None:
        assert library.content.known_to_claude(MAIN) is None
        library.write(MAIN, "One.")
        assert library.content.known_to_claude(MAIN) == 1

    def test_a_hand_edit_is_unknown_until_it_was_told(self, library: Library) -> None:
        library.write(MAIN, "One.")
        library.edit(MAIN, "By hand.")
        assert library.content.known_to_claude(MAIN) == 1
        library.write(MAIN, None, TurnKind.ASK, told=2)
        assert library.content.known_to_claude(MAIN) == 2
        library.write(MAIN, "Three.", told=None)
        assert library.content.known_to_claude(MAIN) == 3

    def test_what_a_turn_made_counts_before_what_it_was_told(self, library: Library) -> None:
        library.write(MAIN, "One.")
        library.edit(MAIN, "By hand.")
        library.write(MAIN, "Three.", told=2)
        assert library.content.known_to_claude(MAIN) == 3

    def test_a_turn_the_session_forgot_told_nothing(self, library: Library) -> None:
        library.write(MAIN, "One.")
        library.edit(MAIN, "By hand.")
        library.write(MAIN, None, state=TurnState.FAILED, told=2)
        assert library.content.known_to_claude(MAIN) == 1

    def test_a_fork_knows_what_its_parent_knew_then(self, library: Library) -> None:
        library.write(MAIN, "One.")
        library.write(MAIN, "Two.")
        early, late, start = (library.fork(MAIN, number) for number in (1, 2, 0))
        library.write(MAIN, "Three.")
        known = [library.content.known_to_claude(fork) for fork in (early, late, start)]
        assert known == [1, 2, None]


def test_ids_that_are_not_there_are_refused(library: Library) -> None:
    turn = library.write(MAIN, "One.")
    fork = library.fork(MAIN, 1)
    with pytest.raises(NotFound):
        library.end(fork, turn, TurnState.FINISHED, "Text")
    assert TurnId("t1") == turn.id


@pytest.mark.parametrize("number", [0, 1])
def test_a_turn_of_a_new_piece_is_refused_as_a_person_says_it(number: int) -> None:
    with pytest.raises(NotFound) as refused:
        blank_content().turn_at(MAIN, number)
    assert str(refused.value) == "Branch “first draft” has no turns yet."


def test_main_is_the_main_branch_unless_a_branch_is_called_so(library: Library) -> None:
    library.write(MAIN, "One.")
    fork = library.fork(MAIN, 1, "spicier")
    assert library.content.branch_called("main").id == MAIN
    library.content = with_main(library.content, fork, library.tick())
    assert library.content.branch_called("main").id == fork
    assert library.content.branch_called("first draft").id == MAIN
    named = library.fork(fork, 1, "main")
    assert library.content.branch_called("main").id == named


def test_an_answer_that_has_the_text_of_the_draft_makes_no_version() -> None:
    library = Library(blank_content())
    library.write(MAIN, "One text.")
    asked = library.write(MAIN, "One text.", TurnKind.ASK)
    with pytest.raises(Refused, match="The draft, v1, has this text already"):
        library.take(MAIN, asked, "One text.\n")
    library.edit(MAIN, "Another text.")
    library.take(MAIN, asked, "One text.\n")
    assert [version.text for version in library.content.versions][1:] == [
        "Another text.",
        "One text.",
    ]
