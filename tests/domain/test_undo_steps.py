"""Undo: whatever was done and undone, everything is as it was, and no version is ever lost."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.content_examples import MAIN, Library, blank_content, minute
from tui.domain import changes, turn_changes
from tui.domain.catalog import ContentRow, row_of
from tui.domain.checks import unique_name
from tui.domain.content import Author, Content, TurnKind, TurnState, Version
from tui.domain.errors import RedraftError, Refused
from tui.domain.ids import BranchId, ContentId
from tui.domain.newest_step import StepSeen, newest_step_of, nothing_to_undo
from tui.domain.status import Status
from tui.domain.steps import KEPT_STEPS, Action, FieldChange, UndoStep, done_words
from tui.domain.undo import (
    Redo,
    redone,
    shows_the_same,
    undone,
    with_step,
    without_last_step,
)

NOW = minute(1000)


def written() -> Library:
    """A content with two branches, a draft on both, and an answer that nobody took."""
    library = Library(blank_content())
    library.write(MAIN, "First text.", TurnKind.GENERATE)
    library.fork(MAIN, 1, "spicier")
    library.write(MAIN, "Stopped here.", state=TurnState.STOPPED)
    library.write(MAIN, "Second text.")
    return library


def done(content: Content, action: Action, change: Callable[[Content], Content]) -> Content:
    """Do something that can be undone."""
    return with_step(content, change(content), action, NOW)


Doing = tuple[Action, Callable[[Content], Content]]


@st.composite
def doings(draw: st.DrawFn) -> Doing:
    """Something a writer can do to that content; it may be refused."""
    number, which = draw(st.integers(0, 30)), draw(st.integers(0, 1))

    def branch(content: Content) -> BranchId:
        return content.branches[which].id

    def take(content: Content) -> Content:
        turn = content.branch(MAIN).turns[1]
        return turn_changes.taken_draft(content, MAIN, turn.id, f"Taken {number}", NOW)

    def bring_back(content: Content) -> Content:
        older = number % len(content.versions) + 1
        return changes.brought_back(content, branch(content), older, NOW)

    def label_version(content: Content) -> Content:
        older = number % len(content.versions) + 1
        return changes.with_version_label(content, older, f"label {number}")

    def name(content: Content) -> Content:
        old = content.branch(branch(content))
        others = replace(content, branches=tuple(b for b in content.branches if b is not old))
        named = replace(old, name=unique_name(others, f"name {number}"))
        return changes.with_branch(content, named)

    def label(content: Content) -> Content:
        turn = content.branch(MAIN).turns[which]
        return changes.with_turn(content, MAIN, replace(turn, label=f"{number}" * (number % 3)))

    def unarchive(content: Content) -> Content:
        return changes.with_status(content, content.status_before_archive or Status.DRAFT, NOW)

    chosen: Doing = draw(
        st.sampled_from(
            [
                (Action.RENAME, lambda content: replace(content, title=f"Title {number}")),
                (Action.TAG, lambda c: replace(c, tags=("ops", "b")[: number % 3])),
                (Action.RENAME_BRANCH, name),
                (Action.LABEL, label),
                (Action.LABEL, label_version),
                (Action.EDIT, lambda c: changes.edited(c, branch(c), f"Text {number % 4}", NOW)),
                (Action.TAKE, take),
                (Action.BRING_BACK, bring_back),
                (Action.MAIN, lambda content: changes.with_main(content, branch(content), NOW)),
                (Action.REVIEW, lambda c: changes.with_status(c, Status.REVIEW, NOW)),
                (Action.REOPEN, lambda c: changes.with_status(c, Status.DRAFT, NOW)),
                (Action.APPROVE, lambda c: changes.approved(c, number % len(c.versions) + 1, NOW)),
                (Action.PUBLISH, lambda content: changes.published(content, "a file", NOW)),
                (Action.ARCHIVE, lambda c: changes.with_status(c, Status.ARCHIVED, NOW)),
                (Action.UNARCHIVE, unarchive),
            ]
        )
    )
    return chosen


def seen(content: Content) -> tuple[object, ...]:
    """What a writer sees of a content; the drafts by their text."""
    drafts = [content.draft(branch.id) for branch in content.branches]
    return (
        content.title,
        content.tags,
        content.status,
        content.status_before_archive,
        content.approvals,
        content.publications,
        content.main,
        [branch.name for branch in content.branches],
        [draft and draft.text for draft in drafts],
        {version.number: version.label for version in content.versions if version.label},
        [(turn.version, turn.label) for turn in content.branch(MAIN).turns],
    )


def texts(content: Content) -> list[Version]:
    """The versions without their labels, which are all that may change of them."""
    return [replace(version, label="") for version in content.versions]


@settings(deadline=None)
@given(st.lists(doings(), max_size=15))
def test_as_many_undos_as_doings_restore_everything(history: list[Doing]) -> None:
    content = written().content
    before = [seen(content)]
    for action, change in history:
        try:
            changed = done(content, action, change)
        except RedraftError:
            continue
        if len(changed.undo) > len(content.undo):
            before.append(seen(content))
        content = changed
    while content.undo:
        step = undone(content, NOW)
        assert step.sentence.endswith(".")
        assert texts(step.content)[: len(content.versions)] == texts(content)
        content = step.content
        assert seen(content) == before.pop()
    assert seen(content) == before.pop()


@settings(deadline=None)
@given(st.lists(doings(), max_size=12), st.integers(1, 12))
def test_what_was_undone_is_there_again_after_as_many_redos(
    history: list[Doing], count: int
) -> None:
    content = written().content
    for action, change in history:
        with suppress(RedraftError):
            content = done(content, action, change)
    had, redos = [seen(content)], list[Redo]()
    for _ in range(min(count, len(content.undo))):
        step = undone(content, NOW)
        assert step.redo is not None
        content = step.content
        redos.append(step.redo)
        had.append(seen(content))
    while redos:
        assert seen(content) == had.pop()
        again = redone(content, redos.pop(), NOW)
        assert again.redo is None
        assert texts(again.content)[: len(content.versions)] == texts(content)
        assert seen(undone(again.content, NOW).content) == seen(content)
        content = again.content
    assert seen(content) == had.pop()


def test_an_approval_done_again_is_the_one_that_was_given() -> None:
    approved = done(written().content, Action.APPROVE, lambda c: changes.approved(c, 2, NOW))
    step = undone(approved, NOW)
    assert step.redo is not None
    again = redone(step.content, step.redo, minute(1001))
    assert (again.content.status, again.content.approvals) == (Status.APPROVED, approved.approvals)
    assert again.sentence == "“Why we left” is approved again."


@pytest.mark.parametrize("title", ["B", "C"])
def test_nothing_is_done_again_over_what_changed_meanwhile(title: str) -> None:
    step = undone(done(written().content, Action.RENAME, lambda c: replace(c, title="B")), NOW)
    assert step.redo is not None
    with pytest.raises(Refused) as refused:
        redone(replace(step.content, title=title), step.redo, NOW)
    assert str(refused.value) == f"“{title}” has been renamed since. The step was not done again."


def test_an_approval_is_not_done_again_over_a_text_that_came_meanwhile() -> None:
    step = undone(
        done(written().content, Action.APPROVE, lambda c: changes.approved(c, 2, NOW)), NOW
    )
    assert step.redo is not None
    library = Library(step.content, count=2000)
    library.write(MAIN, "Newer, by Claude.")
    with pytest.raises(
        Refused, match=r"“Why we left” has a newer text by now, v3\. The step was not"
    ):
        redone(library.content, step.redo, NOW)


def test_a_status_is_not_brought_back_over_a_text_that_came_meanwhile() -> None:
    approved = changes.approved(written().content, 2, NOW)
    reopened = done(approved, Action.REOPEN, lambda c: changes.with_status(c, Status.DRAFT, NOW))
    library = Library(reopened, count=2000)
    library.write(MAIN, "Newer, by Claude.")
    with pytest.raises(Refused, match=r"has a newer text by now, v3\. The step was not undone"):
        undone(library.content, NOW)


def test_undoing_an_edit_makes_the_text_before_current_again() -> None:
    content = done(written().content, Action.EDIT, lambda c: changes.edited(c, MAIN, "Mine.", NOW))
    count = len(content.versions)
    step = undone(content, NOW)
    draft = step.content.draft(MAIN)
    assert draft is not None
    assert (draft.text, draft.number, draft.author) == ("Second text.", count + 1, Author.YOU)
    assert step.content.version(count).text == "Mine."
    assert draft.restored_from == 2
    assert step.sentence == f"v2 is the draft again, as v{count + 1}."


def test_undoing_and_redoing_name_a_text_by_its_first_number() -> None:
    content = done(
        written().content, Action.BRING_BACK, lambda c: changes.brought_back(c, MAIN, 1, NOW)
    )
    said: list[str] = []
    for _ in range(2):
        step = undone(content, NOW)
        assert step.redo is not None
        again = redone(step.content, step.redo, NOW)
        said += [step.sentence, again.sentence]
        content = again.content
    assert said == [
        "v2 is the draft again, as v4.",
        "v1 is the draft again, as v5.",
        "v2 is the draft again, as v6.",
        "v1 is the draft again, as v7.",
    ]
    assert [version.restored_from for version in content.versions] == [None, None, 1, 2, 1, 2, 1]


def test_a_text_of_another_branch_is_said_to_be_there() -> None:
    content = written().content
    other = content.branches[1].id
    edited = done(content, Action.EDIT, lambda c: changes.edited(c, other, "Mine.", NOW))
    assert undone(edited, NOW).sentence == "v1 is the draft of the branch “spicier” again, as v4."


def test_undoing_a_label_names_the_turn_as_the_tree_counts_it() -> None:
    content = written().content
    library = Library(content, count=2000)
    other = content.branches[1].id
    library.write(other, "Spicy.")

    def labelled(label: str) -> Callable[[Content], Content]:
        def change(content: Content) -> Content:
            (turn,) = content.branch(other).turns
            return changes.with_turn(content, other, replace(turn, label=label))

        return change

    content = library.content
    for label in ("hot", "hotter", ""):
        content = done(content, Action.LABEL, labelled(label))
    said = []
    for _ in range(3):
        step = undone(content, NOW)
        said.append(step.sentence)
        content = step.content
    assert said == [
        "Turn 2 is labelled “hotter” again.",
        "Turn 2 is labelled “hot” again.",
        "Turn 2 has no label again.",
    ]


def test_a_label_that_was_changed_meanwhile_stays() -> None:
    def labelled(label: str) -> Callable[[Content], Content]:
        def change(content: Content) -> Content:
            turn = content.branch(MAIN).turns[0]
            return changes.with_turn(content, MAIN, replace(turn, label=label))

        return change

    content = labelled("other")(done(written().content, Action.LABEL, labelled("mine")))
    with pytest.raises(
        Refused, match=r"A label in “Why we left” has changed since\. The step was not"
    ):
        undone(content, NOW)


def test_undoing_an_edit_gives_an_approved_content_its_status_back() -> None:
    content = changes.approved(written().content, 2, NOW)
    content = done(content, Action.EDIT, lambda c: changes.edited(c, MAIN, "Mine.", NOW))
    assert content.status is Status.DRAFT
    step = undone(content, NOW)
    assert step.sentence == ("v2 is the draft again, as v4. “Why we left” is approved again.")
    content = step.content
    draft, approval = content.draft(MAIN), content.approval
    assert content.status is Status.APPROVED
    assert draft is not None
    assert approval is not None
    assert draft.sha256 == approval.sha256


def test_undoing_an_approval_removes_its_record() -> None:
    content = done(written().content, Action.APPROVE, lambda c: changes.approved(c, 2, NOW))
    step = undone(content, NOW)
    assert step.sentence == "“Why we left” is a draft again."
    assert (step.content.status, step.content.approvals) == (Status.DRAFT, ())


@pytest.mark.parametrize(
    ("action", "change", "meanwhile", "said"),
    [
        (
            Action.RENAME,
            lambda c: replace(c, title="B"),
            lambda c: replace(c, title="C"),
            "“C” has been renamed since. The step was not undone. Undo again",
        ),
        (
            Action.TAG,
            lambda c: replace(c, tags=("ops",)),
            lambda c: replace(c, tags=("ops", "weekly")),
            "The tags of “Why we left” have changed since. The step was not undone.",
        ),
        (
            Action.EDIT,
            lambda c: changes.edited(c, MAIN, "B", NOW),
            lambda c: changes.edited(c, MAIN, "C", NOW),
            "is v4 now",
        ),
        (
            Action.ARCHIVE,
            lambda c: changes.with_status(c, Status.ARCHIVED, NOW),
            lambda c: changes.with_status(c, Status.DRAFT, NOW),
            "is a draft by now",
        ),
        (
            Action.APPROVE,
            lambda c: changes.approved(c, 1, NOW),
            lambda c: changes.published(c, "", NOW),
            "is published by now",
        ),
    ],
)
def test_what_was_changed_meanwhile_is_not_overwritten(
    action: Action,
    change: Callable[[Content], Content],
    meanwhile: Callable[[Content], Content],
    said: str,
) -> None:
    content = meanwhile(done(written().content, action, change))
    with pytest.raises(Refused, match=said):
        undone(content, NOW)
    assert without_last_step(content).undo == ()


def test_undoing_tags_says_which_there_are_again() -> None:
    content, said = written().content, list[str]()
    for tags in (("ops",), ("ops", "weekly"), ()):
        content = done(content, Action.TAG, lambda c, now=tags: replace(c, tags=now))  # type: ignore[misc]
    while content.undo:
        step = undone(content, NOW)
        said.append(step.sentence)
        content = step.content
    assert said == [
        "“Why we left” has the tags #ops #weekly again.",
        "“Why we left” has the tag #ops again.",
        "“Why we left” has no tags again.",
    ]


def test_the_first_text_stays_because_there_is_none_before_it() -> None:
    content = done(blank_content(), Action.EDIT, lambda c: changes.edited(c, MAIN, "First.", NOW))
    with pytest.raises(Refused, match=r"v1 is the first text of “Why we left”\. The step was"):
        undone(content, NOW)


def test_a_name_that_another_branch_has_by_now_is_not_given_twice() -> None:
    content = written().content

    def named(name: str, which: int) -> Callable[[Content], Content]:
        return lambda c: changes.with_branch(c, replace(c.branches[which], name=name))

    content = named("spicier", 0)(done(content, Action.RENAME_BRANCH, named("mild", 1)))
    with pytest.raises(Refused, match="Another branch of “Why we left” is called “spicier” by"):
        undone(content, NOW)


def test_an_action_that_changed_nothing_is_no_step() -> None:
    content = written().content
    assert done(content, Action.EDIT, lambda c: changes.edited(c, MAIN, "Second text.", NOW)) == (
        content
    )
    with pytest.raises(Refused, match="nothing to undo"):
        undone(content, NOW)


def test_the_last_fifty_steps_are_kept() -> None:
    content = blank_content()
    for count in range(KEPT_STEPS + 7):
        content = done(content, Action.RENAME, lambda c, n=count: replace(c, title=f"T{n}"))  # type: ignore[misc]
    assert len(content.undo) == KEPT_STEPS
    while content.undo:
        content = undone(content, NOW).content
    assert content.title == "T6"


@pytest.mark.parametrize(
    "change",
    [
        FieldChange("mood", "", "bright", "dark"),
        FieldChange("status", "", "dreamt", "draft"),
        FieldChange("approvals", "", "many", 0),
        FieldChange("title", "", None, "Why we left"),
        FieldChange("tags", "", 7, ""),
        FieldChange("name", "nobody", "a", None),
        FieldChange("draft", "nobody", 1, 1),
        FieldChange("main", "", "nobody", "b0"),
    ],
)
def test_a_step_that_does_not_fit_is_refused(change: FieldChange) -> None:
    step = UndoStep("dream", NOW, (change,))
    with pytest.raises(RedraftError):
        undone(replace(blank_content(), undo=(step,)), NOW)


def test_undoing_a_label_of_a_version_says_which_label_it_has_again() -> None:
    green = changes.with_version_label(written().content, 1, "green")
    red = changes.with_version_label(green, 1, "red")
    content = with_step(written().content, green, Action.LABEL, NOW)
    content = with_step(content, replace(red, undo=content.undo), Action.LABEL, NOW)
    first = undone(content, NOW)
    assert first.sentence == "v1 is labelled “green” again."
    assert undone(first.content, NOW).sentence == "v1 has no label again."


def test_an_undone_step_shows_what_was_there_before_it_whatever_versions_came_of_that() -> None:
    content = written().content
    edited = done(content, Action.EDIT, lambda c: changes.edited(c, MAIN, "Mine.", NOW))
    step = undone(edited, minute(1001))
    assert step.content.versions != content.versions
    assert shows_the_same(step.content, content)
    assert shows_the_same(content, replace(content, undo=edited.undo, updated_at=NOW))
    assert not shows_the_same(step.content, edited)
    assert not shows_the_same(content, replace(content, title="Another"))
    assert not shows_the_same(content, changes.with_version_label(content, 1, "green"))
    other = content.branches[1].id
    assert not shows_the_same(content, changes.edited(content, other, "Mine.", NOW))
    library = Library(content, count=2000)
    library.begin(other, TurnKind.ASK)
    assert not shows_the_same(content, library.content)


@pytest.mark.parametrize("action", Action)
def test_every_action_is_told_in_words_of_its_own(action: Action) -> None:
    told = done_words("Why we left", action)
    assert re.fullmatch("“Why we left” (was|got|took) [a-z ]+", told)
    others = {done_words("Why we left", other) for other in Action if other is not action}
    assert told not in {*others, done_words("Why we left", "of a newer Redraft")}


def test_an_action_of_a_newer_redraft_is_a_change() -> None:
    assert done_words("Why we left", "dance") == "“Why we left” was changed"


# -- whose step is the newest --------------------------------------------------------------------


def row(name: str, title: str, at: int | None, author: str = "") -> ContentRow:
    made = row_of(blank_content(title, name))
    return replace(made, undo_at=None if at is None else minute(at), undo_author=author)


def test_the_newest_step_of_a_writer_is_found_beside_those_of_others() -> None:
    rows = [
        row("aaaa", "A", 5, "ann@desk"),
        row("bbbb", "B", 7),
        row("cccc", "C", 9, "ben@sofa"),
        row("dddd", "D", None, "ann@desk"),
    ]
    assert newest_step_of(rows, "ann@desk") == StepSeen(ContentId("bbbb"), minute(7))
    assert newest_step_of(rows, "ben@sofa") == StepSeen(ContentId("cccc"), minute(9))
    assert newest_step_of(rows[:1], "ben@sofa") is None
    assert nothing_to_undo([rows[0], rows[2]]) == (
        "There is nothing of yours to undo: the last step in “C” is ben@sofa's."
    )
    nothing = "There is nothing to undo: new pieces, forks and Claude's answers stay."
    assert nothing_to_undo(rows[3:]) == nothing_to_undo([]) == nothing


def test_a_step_is_forgotten_only_while_it_is_the_newest() -> None:
    content = done(blank_content(), Action.RENAME, lambda c: replace(c, title="B"))
    later = with_step(content, replace(content, title="C"), Action.RENAME, minute(1001))
    seen_step = StepSeen(content.id, NOW)
    assert seen_step.is_newest_of(content)
    assert seen_step.forgotten(content) == replace(content, undo=())
    assert not seen_step.is_newest_of(blank_content())
    assert seen_step.forgotten(later) is later
