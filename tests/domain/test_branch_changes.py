"""Branches: what is done to one of them leaves every other one as it was."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.content_examples import DOINGS, MAIN, Library, blank_content, lived, minute
from tui.domain import changes, choosing, turn_changes
from tui.domain.branch_changes import archived_branch, restored_branch
from tui.domain.content import Choice, Content, TurnKind
from tui.domain.errors import Refused
from tui.domain.ids import BranchId, SessionId
from tui.domain.status import Status
from tui.domain.steps import Action
from tui.domain.undo import Redo, redone, undone, with_step

NOW = minute(1000)
DEEDS = ("fork", "archive", "restore", "rename", "main", "label", "undo", "redo")


class Desk:
    """A content, and what a writer does to its branches, one deed after another."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.redo: list[Redo] = []
        self.forks = 0

    def do(self, deed: str, branch: BranchId, number: int) -> set[BranchId]:
        """Do something with a branch, unless it is refused; return the branches it may change."""
        if deed == "undo":
            return self._undo()
        if deed == "redo":
            return self._redo()
        with suppress(Refused):
            after = self._changed(deed, branch, number)
            self.redo.clear()
            if deed == "fork":
                self.content = after
                return {after.branches[-1].id}
            self.content = with_step(self.content, after, Action.RENAME_BRANCH, NOW)
        return {branch}

    def _changed(self, deed: str, branch: BranchId, number: int) -> Content:
        content = self.content
        match deed:
            case "fork":
                self.forks += 1
                return changes.forked(
                    content,
                    branch,
                    number % (len(content.lineage(branch)) + 1),
                    branch=BranchId(f"new{self.forks}"),
                    session=SessionId(f"new{self.forks}"),
                    name="another",
                    at=NOW,
                )
            case "archive":
                return archived_branch(content, branch, NOW)
            case "restore":
                return restored_branch(content, branch, NOW)
            case "rename":
                named = replace(content.branch(branch), name=f"name {number} of {branch}")
                return changes.with_branch(content, named)
            case "main":
                return changes.with_main(content, branch, NOW)
            case _:
                own = content.branch(branch).turns
                if not own:
                    return content
                turn = replace(own[number % len(own)], label=f"label {number}")
                return changes.with_turn(content, branch, turn)

    def _undo(self) -> set[BranchId]:
        step = self.content.undo[-1:]
        with suppress(Refused):
            done = undone(self.content, NOW)
            self.content = done.content
            self.redo += [done.redo] if done.redo else []
        return self._of([change.of for one in step for change in one.changes])

    def _redo(self) -> set[BranchId]:
        if not self.redo:
            return set()
        redo = self.redo.pop()
        with suppress(Refused):
            self.content = redone(self.content, redo, NOW).content
        return self._of([change.of for change in redo.step.changes])

    def _of(self, ids: list[str]) -> set[BranchId]:
        return {
            branch.id
            for branch in self.content.branches
            if branch.id in ids or any(turn.id in ids for turn in branch.turns)
        }


def seen(content: Content, branch: BranchId) -> object:
    """Everything of a branch's own: name, turns, draft, and whether it is archived."""
    own = content.branch(branch)
    draft = content.draft(branch)
    places = [numbered.turn.id for numbered in content.lineage(branch)]
    return own, places, draft and draft.text


@settings(max_examples=80)
@given(
    doings=DOINGS,
    deeds=st.lists(
        st.tuples(st.sampled_from(DEEDS), st.integers(0, 9), st.integers(0, 9)),
        min_size=1,
        max_size=12,
    ),
    is_approved=st.booleans(),
)
def test_what_is_done_to_one_branch_changes_no_other_and_approves_nothing(
    doings: list[tuple[str, int, int]], deeds: list[tuple[str, int, int]], *, is_approved: bool
) -> None:
    content = lived(doings).content
    is_approved = is_approved and bool(content.versions)
    desk = Desk(changes.approved(content, 1, NOW) if is_approved else content)
    for deed, which, number in deeds:
        before = desk.content
        touched = desk.do(deed, before.branches[which % len(before.branches)].id, number)

        for branch in before.branches:
            if branch.id not in touched:
                assert seen(desk.content, branch.id) == seen(before, branch.id)
        assert not desk.content.branch(desk.content.main).is_archived
        assert (desk.content.versions, desk.content.approvals) == (
            before.versions,
            before.approvals,
        )
        if not is_approved or (deed not in ("undo", "redo") and before.status is Status.DRAFT):
            assert desk.content.status is Status.DRAFT


def forked() -> tuple[Library, BranchId]:
    library = Library(blank_content())
    library.write(MAIN, "First text.", TurnKind.GENERATE)
    return library, library.fork(MAIN, 1, "spicier")


def step(content: Content, action: Action, change: Callable[[Content], Content]) -> Content:
    return with_step(content, change(content), action, NOW)


def test_an_archived_branch_comes_back_with_undo_and_goes_again_with_redo() -> None:
    library, fork = forked()

    content = step(
        library.content, Action.ARCHIVE_BRANCH, lambda was: archived_branch(was, fork, NOW)
    )
    back = undone(content, NOW)
    assert back.redo is not None
    again = redone(back.content, back.redo, NOW)

    flags = [one.branch(fork).is_archived for one in (content, back.content, again.content)]
    assert flags == [True, False, True]
    assert back.sentence == "The branch “spicier” is out of the archive again."
    assert again.sentence == "The branch “spicier” is archived again."


def test_the_main_branch_and_one_claude_writes_on_stay_out_of_the_archive() -> None:
    library, fork = forked()

    with pytest.raises(Refused, match="make another branch the main one first"):
        archived_branch(library.content, MAIN, NOW)
    library.begin(fork, TurnKind.REVISE)
    with pytest.raises(Refused, match="Claude is writing on branch “spicier”"):
        archived_branch(library.content, fork, NOW)


def test_nothing_is_written_on_an_archived_branch_but_a_fork_of_it_goes_on() -> None:
    library, fork = forked()
    library.content = archived_branch(library.content, fork, NOW)

    with pytest.raises(Refused, match="“spicier” is archived"):
        library.begin(fork, TurnKind.REVISE)
    library.write(library.fork(fork, 1, "again"), "More.")

    assert library.content.branch(fork).is_archived


WRITES: dict[str, Callable[[Content, BranchId], Content]] = {
    "edit": lambda content, branch: changes.edited(content, branch, "By hand.", NOW),
    "take": lambda content, branch: turn_changes.taken_draft(
        content, branch, content.branch(branch).turns[-1].id, "Taken.", NOW
    ),
    "bring back": lambda content, branch: changes.brought_back(content, branch, 1, NOW),
    "choose": lambda content, branch: choosing.chosen(
        content, branch, "Chosen.", Choice(version_on(content, branch), 1, 2), NOW
    ),
    "combine": lambda content, branch: choosing.combined(content, branch, "Mixed.", (1,), NOW),
}


def version_on(content: Content, branch: BranchId) -> int:
    draft = content.draft(branch)
    assert draft is not None
    return draft.number


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_no_version_is_made_on_an_archived_branch(
    write: Callable[[Content, BranchId], Content],
) -> None:
    library, branch = forked()
    library.write(branch, "Another way.")
    library.write(branch, None, TurnKind.ASK)
    content = library.content
    assert len(write(content, branch).versions) == len(content.versions) + 1
    with pytest.raises(Refused, match="archived: bring it back first"):
        write(archived_branch(content, branch, NOW), branch)


def test_no_undo_puts_the_main_branch_into_the_archive() -> None:
    library, fork = forked()
    content = archived_branch(library.content, fork, NOW)
    content = step(content, Action.RESTORE_BRANCH, lambda was: restored_branch(was, fork, NOW))
    # Another program made it the main one, and kept no step of that here.
    content = changes.with_main(content, fork, NOW)

    with pytest.raises(Refused, match="“spicier” is the main branch by now"):
        undone(content, NOW)


def test_no_undo_makes_an_archived_branch_the_main_one() -> None:
    library, fork = forked()
    content = step(library.content, Action.MAIN, lambda was: changes.with_main(was, fork, NOW))
    content = archived_branch(content, MAIN, NOW)

    with pytest.raises(Refused, match="“first draft” is archived by now"):
        undone(content, NOW)


def test_an_archived_branch_that_becomes_main_is_back_and_undo_archives_it_again() -> None:
    library, fork = forked()
    content = archived_branch(library.content, fork, NOW)

    content = step(content, Action.MAIN, lambda was: changes.with_main(was, fork, NOW))
    back = undone(content, NOW).content

    assert not content.branch(fork).is_archived
    assert (back.main, back.branch(fork).is_archived) == (MAIN, True)
