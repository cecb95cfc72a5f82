"""Branches marked and compared, and what is done with one of them or made from all."""

from dataclasses import replace
from itertools import islice

from tui.domain.content import Content
from tui.domain.errors import Refused
from tui.domain.ids import BranchId
from tui.screens.main import texts
from tui.screens.main.branches import BranchActions
from tui.screens.main.drafts import DraftActions
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.ui import Handlers


class CompareActions(ActionGroup):
    """The commands that mark branches and compare their drafts."""

    def __init__(self, desk: Desk, drafts: DraftActions, branches: BranchActions) -> None:
        super().__init__(desk)
        self._drafts = drafts
        self._branches = branches

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {"mark": self._mark, "compare": self._compare}

    def _mark(self) -> None:
        """Mark the branch, or take its mark away."""
        from tui.screens.compare import MOST

        about = self._library.row
        content, branch = about.content, about.branch
        now = self._state.now
        marked = tuple(one for one in now.marked if one != branch)
        if len(marked) == len(now.marked):
            if content.draft(branch) is None:
                raise Refused(self._worded(texts.NO_DRAFT_TO_COMPARE, name=_name(content, branch)))
            if len(marked) == MOST:
                raise Refused(texts.MARKED_ENOUGH)
            marked = (*marked, branch)
        self._state.put(replace(now, marked=marked))
        names = ", ".join(f"“{_name(content, one)}”" for one in marked)
        self._notify(texts.MARKED if marked else texts.NO_MARKS, names=names)

    async def _compare(self) -> None:
        from tui.screens.compare import Combined, CompareScreen, ForkFrom, MakeMain

        about = self._library.about
        content = about.content
        chosen = self._chosen(content, about.branch)
        # The row under the cursor is the one that was marked last: a new text is not for that one.
        onto = self._state.now.branch or content.main
        match await self._ui.open(CompareScreen(content, chosen, onto)):
            case MakeMain(branch):
                await self._branches.make_main(content, branch)
            case ForkFrom(branch):
                last = content.lineage(branch)[-1:]
                turn = last[0] if last else None
                await self._branches.fork_from(replace(about, branch=branch, turn=turn))
            case Combined(text, sources):
                await self._drafts.save_combined(content, onto, text, sources)
                self._state.put(replace(self._state.now, marked=()))
            case None:
                pass

    def _chosen(self, content: Content, branch: BranchId) -> tuple[BranchId, ...]:
        """Return the branches to compare, two or more drafts among them; else raise `Refused`."""
        wanted = self._wanted(content, branch)
        found = tuple(one for one in wanted if content.draft(one) is not None)
        if len(found) == 1 < len(wanted):
            (without,) = set(wanted) - set(found)
            raise Refused(self._worded(texts.NO_DRAFT_TO_COMPARE, name=_name(content, without)))
        if len(found) < 2:
            raise Refused(self._worded(texts.NOTHING_TO_COMPARE))
        if len({draft.number for one in found if (draft := content.draft(one))}) == 1:
            *others, last = (_name(content, one) for one in found)
            raise Refused(self._worded(texts.SAME_DRAFT, name=last, other=others[0]))
        return found

    def _wanted(self, content: Content, branch: BranchId) -> tuple[BranchId, ...]:
        """Return the marked branches; else this one with its parent.

        One marked alone stands for this one; the main branch is compared with the newest other one
        that has another draft, if there is one.
        """
        marked = self._state.now.marked or (branch,)
        if len(marked) > 1:
            return marked
        one = content.branch(marked[0])
        if one.id != content.main:
            return (one.parent or content.main, one.id)
        others = [other.id for other in reversed(content.branches) if other.id != one.id]
        with_draft = [other for other in others if content.draft(other) is not None]
        own = content.draft(one.id)
        changed = (other for other in with_draft if content.draft(other) != own)
        return (one.id, *islice((*changed, *with_draft), 1))


def _name(content: Content, branch: BranchId) -> str:
    return content.branch(branch).name
