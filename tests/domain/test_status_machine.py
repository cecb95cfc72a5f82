"""Status, drafts and undo over any sequence of what writers, Claude and other programs can do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.domain.content_examples import MAIN, Library, blank_content
from tui.domain import changes, turn_changes
from tui.domain.content import Content, TurnKind, TurnState
from tui.domain.errors import RedraftError, Refused
from tui.domain.ids import BranchId
from tui.domain.status import Status
from tui.domain.steps import Action
from tui.domain.undo import Redo, redone, undone, with_step, without_last_step

SAID_OF_ONE_TEXT = (Status.APPROVED, Status.PUBLISHED)
TEXTS = st.integers(0, 3).map(lambda number: f"Text {number}.")
WHICH = st.integers(0, 30)


def said(content: Content) -> Status | None:
    """What is said of a content, in the archive or out of it."""
    is_archived = content.status is Status.ARCHIVED
    return content.status_before_archive if is_archived else content.status


def main_text(content: Content) -> str | None:
    draft = content.draft(content.main)
    return None if draft is None else draft.text


class Writing(RuleBasedStateMachine):
    """One content, everything that can be done to it, and what was true when it was approved."""

    def __init__(self) -> None:
        super().__init__()
        self.library = Library(blank_content())
        self.shown: dict[datetime, str | None] = {}
        """Main's text when each approval was given."""
        self.redos: list[Redo] = []

    @property
    def content(self) -> Content:
        return self.library.content

    def some_branch(self, which: int) -> BranchId:
        return self.content.branches[which % len(self.content.branches)].id

    def decide(self, action: Action, change: Callable[[Content, datetime], Content]) -> bool:
        """Do something that can be undone; return whether it was allowed."""
        at = self.library.tick()
        before = self.content
        try:
            changed = change(before, at)
        except RedraftError:
            return False
        if changed is not before:
            changed = with_step(before, changed, action, at)
        if changed.undo is not before.undo:
            self.redos.clear()
        self.library.content = changed
        return True

    # -- what Claude does, which no undo takes back ----------------------------------------------

    @precondition(lambda self: self.content.status is not Status.ARCHIVED)
    @rule(which=WHICH, text=st.none() | TEXTS)
    def claude_writes(self, which: int, text: str | None) -> None:
        kind = TurnKind.ASK if text is None else TurnKind.REVISE
        self.library.write(self.some_branch(which), text, kind)

    @precondition(lambda self: self.content.status is Status.ARCHIVED)
    @rule(which=WHICH)
    def claude_begins_nothing_in_the_archive(self, which: int) -> None:
        before = self.content
        with pytest.raises(Refused, match="take it out of the archive first"):
            self.library.begin(self.some_branch(which), TurnKind.REVISE)
        assert self.content is before

    @precondition(lambda self: self.content.status is not Status.ARCHIVED)
    @rule(which=WHICH, text=TEXTS)
    def claude_ends_a_turn_after_the_piece_was_archived(self, which: int, text: str) -> None:
        branch = self.some_branch(which)
        turn = self.library.begin(branch, TurnKind.REVISE)
        self.decide(Action.ARCHIVE, lambda c, at: changes.with_status(c, Status.ARCHIVED, at))
        self.library.end(branch, turn, TurnState.FINISHED, text)

    # -- what the writer does --------------------------------------------------------------------

    @rule(which=WHICH, text=TEXTS)
    def edit(self, which: int, text: str) -> None:
        branch, before = self.some_branch(which), self.content
        was_allowed = self.decide(Action.EDIT, lambda c, at: changes.edited(c, branch, text, at))
        assert was_allowed is (before.status is not Status.ARCHIVED)

    @rule(which=WHICH, number=WHICH)
    def bring_back(self, which: int, number: int) -> None:
        branch, before = self.some_branch(which), self.content
        number = number % (len(before.versions) + 1)
        if self.decide(
            Action.BRING_BACK, lambda c, at: changes.brought_back(c, branch, number, at)
        ):
            assert before.status is not Status.ARCHIVED
            draft, older = self.content.draft(branch), before.version(number)
            assert draft is not None
            assert draft.text == older.text
            assert draft.restored_from is not None
            first = before.version(draft.restored_from)
            assert (first.text, first.restored_from) == (older.text, None)

    @rule(which=WHICH, turn=WHICH, text=TEXTS)
    def take(self, which: int, turn: int, text: str) -> None:
        branch, before = self.some_branch(which), self.content
        turns = before.branch(branch).turns
        if turns:
            chosen = turns[turn % len(turns)].id
            if self.decide(
                Action.TAKE, lambda c, at: turn_changes.taken_draft(c, branch, chosen, text, at)
            ):
                assert before.status is not Status.ARCHIVED

    @rule(which=WHICH, after=WHICH)
    def fork(self, which: int, after: int) -> None:
        branch = self.some_branch(which)
        if len(self.content.branches) < 4:
            self.library.fork(branch, after % (len(self.content.lineage(branch)) + 1))

    @rule(which=WHICH)
    def make_main(self, which: int) -> None:
        branch = self.some_branch(which)
        assert self.decide(Action.MAIN, lambda c, at: changes.with_main(c, branch, at))

    @rule(number=WHICH)
    def approve(self, number: int) -> None:
        number = number % (len(self.content.versions) + 1)
        if self.decide(Action.APPROVE, lambda c, at: changes.approved(c, number, at)):
            approval = self.content.approval
            assert approval is not None
            assert self.content.status is Status.APPROVED
            assert (approval.version, approval.sha256) == (
                number,
                self.content.version(number).sha256,
            )
            self.shown.setdefault(approval.at, main_text(self.content))

    @rule()
    def publish(self) -> None:
        before = self.content.status
        if self.decide(Action.PUBLISH, lambda c, at: changes.published(c, "a file", at)):
            assert before is Status.APPROVED

    @rule(status=st.sampled_from(Status))
    def move(self, status: Status) -> None:
        before = said(self.content)
        if self.decide(Action.REVIEW, lambda c, at: changes.with_status(c, status, at)):
            after = said(self.content)
            assert after is before or after not in SAID_OF_ONE_TEXT

    @rule(number=st.integers(0, 3))
    def rename(self, number: int) -> None:
        self.decide(Action.RENAME, lambda c, _: replace(c, title=f"Title {number}"))

    # -- undo and redo ---------------------------------------------------------------------------

    @rule()
    def undo(self) -> None:
        if not self.content.undo:
            return
        try:
            step = undone(self.content, self.library.tick())
        except Refused as refused:
            assert " not undone. " in str(refused)  # noqa: PT017
            self.library.content = without_last_step(self.content)
            return
        self.library.content = step.content
        assert step.redo is not None
        self.redos.append(step.redo)

    @rule()
    def redo(self) -> None:
        if not self.redos:
            return
        try:
            step = redone(self.content, self.redos.pop(), self.library.tick())
        except Refused as refused:
            assert str(refused).endswith("The step was not done again.")  # noqa: PT017
            self.redos.clear()
            return
        self.library.content = step.content

    @precondition(lambda self: bool(self.content.undo))
    @rule()
    def undo_and_redo_leave_what_was_there(self) -> None:
        before = self.content
        try:
            step = undone(before, self.library.tick())
        except Refused:
            return
        assert step.redo is not None
        again = redone(step.content, step.redo, self.library.tick()).content
        made = again.versions[len(before.versions) :]
        assert _seen(again) == _seen(before)
        assert again.versions[: len(before.versions)] == before.versions
        assert all(version.restored_from is not None for version in made)
        self.library.content = again

    # -- what must always hold -------------------------------------------------------------------

    @invariant()
    def what_is_called_approved_is_what_was_approved(self) -> None:
        content = self.content
        if said(content) not in SAID_OF_ONE_TEXT:
            return
        approval, draft = content.approval, content.draft(content.main)
        assert approval is not None
        # Any version may be approved; then main's text must still be the one it showed then.
        is_that_text = draft is not None and draft.sha256 == approval.sha256
        assert is_that_text or main_text(content) == self.shown[approval.at]

    @invariant()
    def what_is_called_published_went_out(self) -> None:
        if said(self.content) is Status.PUBLISHED:
            publication, approval = self.content.publication, self.content.approval
            assert publication is not None
            assert approval is not None
            assert publication.sha256 == approval.sha256

    @invariant()
    def versions_are_never_lost(self) -> None:
        numbers = [version.number for version in self.content.versions]
        assert numbers == list(range(1, len(numbers) + 1))


def _seen(content: Content) -> tuple[object, ...]:
    drafts = [content.draft(branch.id) for branch in content.branches]
    return (
        content.title,
        content.status,
        content.status_before_archive,
        content.main,
        content.approvals,
        content.publications,
        [branch.name for branch in content.branches],
        [draft and draft.text for draft in drafts],
        [turn.version for branch in content.branches for turn in branch.turns],
        len(content.undo),
    )


TestWriting = Writing.TestCase
TestWriting.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


def test_another_branch_made_main_drops_approved_for_another_text_in_the_archive_too() -> None:
    library = Library(blank_content())
    library.write(MAIN, "One.", TurnKind.GENERATE)
    fork = library.fork(MAIN, 1)
    library.write(fork, "Another.")
    approved = changes.approved(library.content, 1, library.tick())
    assert changes.with_main(approved, fork, library.tick()).status is Status.DRAFT
    archived = changes.with_status(approved, Status.ARCHIVED, library.tick())
    moved = changes.with_main(archived, fork, library.tick())
    assert (moved.status, moved.status_before_archive) == (Status.ARCHIVED, Status.DRAFT)
    assert changes.with_main(approved, MAIN, library.tick()) is approved


def test_a_main_branch_comes_back_only_with_the_text_that_was_approved() -> None:
    library = Library(blank_content())
    library.write(MAIN, "One.", TurnKind.GENERATE)
    fork = library.fork(MAIN, 1)
    approved = changes.approved(library.content, 1, library.tick())
    at = library.tick()
    library.content = with_step(approved, changes.with_main(approved, fork, at), Action.MAIN, at)
    assert library.content.status is Status.APPROVED
    library.write(MAIN, "Two, on the branch that is main no more.")
    with pytest.raises(
        Refused, match=r"“Why we left” has a newer text by now, v2\. The step was not"
    ):
        undone(library.content, library.tick())
