"""Claude's questions: a line over the prompt says that one waits, and a key opens it."""

from typing import TYPE_CHECKING

from tui.domain.errors import Refused
from tui.domain.events import PermissionSettled, TurnEnded
from tui.domain.ids import BranchId, ContentId
from tui.domain.tools import Decision, Question
from tui.messages import TurnHappened
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.ui import Handlers
from tui.screens.main.workspace import Workspace

if TYPE_CHECKING:
    from tui.screens.permission import PermissionScreen, Unanswered


class Questions(ActionGroup):
    """Shows the questions that wait, one after the other, and passes the answers on."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._dialog: PermissionScreen | None = None
        self._decided: frozenset[str] = frozenset()
        """Ids of questions whose answer is on its way."""

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {"answer": self._answer}

    def waiting(self, workspace: Workspace) -> Question | None:
        """Return the question that waits on the branch on screen, if one does."""
        if workspace.content is None or workspace.branch is None:
            return None
        return next(iter(self._open_on(workspace.content.id, workspace.branch)), None)

    def handle(self, message: TurnHappened) -> None:
        """Take the dialog away when its question is settled, by whatever means."""
        dialog = self._dialog
        if dialog is None or not isinstance(message.event, PermissionSettled | TurnEnded):
            return
        asked = self._asked(message.content_id, message.branch_id)
        if dialog.question not in asked:
            dialog.take_away()
        else:
            dialog.show_place(asked.index(dialog.question) + 1, len(asked))

    async def _answer(self) -> None:
        from tui.screens.permission import Unanswered

        allowed = ""
        while (found := self._next(allowed)) is not None:
            content_id, branch_id, question = found
            if branch_id != self._state.now.branch:
                await self._library.open(content_id, branch_id)
            answer = await self._show(content_id, branch_id, question)
            if not isinstance(answer, Decision):
                if answer is Unanswered.SETTLED:
                    continue
                return
            self._decided |= {question.id}
            try:
                await self._studio.conversation(content_id, branch_id).decide(question.id, answer)
            except BaseException:
                self._decided -= {question.id}
                raise
            allowed = question.rule if answer is Decision.ALLOW_ON_BRANCH else ""
            if answer is Decision.REFUSE_AND_STOP or not self._open_on(content_id, branch_id):
                return

    def _next(self, allowed: str) -> tuple[ContentId, BranchId, Question] | None:
        """Return the question to show: here, else elsewhere; raises `Refused` without any.

        What falls under the rule that was just `allowed` needs no answer any more.
        """
        now = self._state.now
        here = () if now.content is None or now.branch is None else ((now.branch, now.content.id),)
        running = self._studio.conversations.running
        elsewhere = tuple((branch, talk.content_id) for branch, talk in running.items())
        for branch_id, content_id in (*here, *elsewhere):
            for question in self._open_on(content_id, branch_id):
                if not allowed or question.rule != allowed:
                    return content_id, branch_id, question
        if self._dialog is None and not self._decided:
            raise Refused("Claude has no question now.")
        return None

    async def _show(
        self, content_id: ContentId, branch_id: BranchId, question: Question
    ) -> "Decision | Unanswered | None":
        from tui.screens.permission import PermissionScreen, Unanswered

        content = await self._studio.content(content_id)
        asked = self._asked(content_id, branch_id)
        if question not in asked:
            return Unanswered.SETTLED
        self._dialog = PermissionScreen(
            question,
            about=f"{content.title} · {content.branch(branch_id).name}",
            place=asked.index(question) + 1,
            count=len(asked),
        )
        try:
            return await self._ui.open(self._dialog)
        finally:
            self._dialog = None

    def _open_on(self, content_id: ContentId, branch_id: BranchId) -> tuple[Question, ...]:
        asked = self._asked(content_id, branch_id)
        return tuple(question for question in asked if question.id not in self._decided)

    def _asked(self, content_id: ContentId, branch_id: BranchId) -> tuple[Question, ...]:
        talk = self._studio.conversations.running.get(branch_id)
        if talk is None or talk.content_id != content_id or talk.is_stopping:
            return ()
        return talk.reply.questions
