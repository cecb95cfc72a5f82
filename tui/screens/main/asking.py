"""Claude's questions: shown one after the other, and never in the way of what is being typed."""

from functools import partial
from typing import Final

from textual.content import Content as Markupless
from textual.widgets import Input, TextArea

from tui.domain.errors import LibraryProblem, Refused
from tui.domain.events import PermissionAsked, PermissionSettled, TurnEnded
from tui.domain.ids import BranchId, ContentId
from tui.domain.question_words import wish
from tui.domain.tools import Decision, Question
from tui.messages import TurnHappened
from tui.screens.main.arranging import Arranging
from tui.screens.permission import PermissionScreen, Unanswered
from tui.studio.conversation import Conversation
from tui.widgets.text import one_line
from tui.widgets.typeahead import TypeAheadApp

HANDS_REST: Final = 0.7
"""Seconds without a key after which a question may open by itself."""


class Asking(Arranging):
    """Opens a dialog for what Claude asks on the branch on screen.

    It opens by itself only over the bare main screen, when the hands rest, and not while a text
    field has the focus: there, a line over the prompt tells of it, and a key opens it.
    """

    _permission: PermissionScreen | None = None
    """The dialog while it is open."""
    _put_off: frozenset[str] = frozenset()
    """Questions that the writer left for later."""
    _decided: frozenset[str] = frozenset()
    """Questions whose answer is on its way."""

    async def on_turn_happened(self, message: TurnHappened) -> None:
        """Show that Claude asks, or no longer does, here or elsewhere."""
        event = message.event
        if not isinstance(event, PermissionAsked | PermissionSettled | TurnEnded):
            return
        self.show_list()
        self.show_branches()
        self.show_header()
        self.mark_stale()
        self.look_at_questions()
        is_in_view = self._is_on_top or self._permission is not None
        is_seen = message.branch_id == self.branch_id and is_in_view
        if isinstance(event, PermissionAsked) and not is_seen:
            wished = one_line(wish(event.question), 80)
            asks = f"Claude asks to {wished}; {self.commands.key('answer')} answers."
            self.tell(await self._elsewhere(message, asks))

    async def open_content(
        self, content_id: ContentId, branch_id: BranchId | None = None, turn: int = 0
    ) -> None:
        """Put a content on the desk; what was put off there is asked again."""
        before = self.branch_id
        await super().open_content(content_id, branch_id, turn)
        if self.branch_id != before:
            self._put_off = frozenset()

    def show_live(self) -> None:
        """Show what arrived since the last time, and what Claude asks."""
        super().show_live()
        self.look_at_questions()

    def show_header(self) -> None:
        """Show what is around the panes; over the prompt, what Claude asks."""
        super().show_header()
        questions = self._questions_here()
        if questions:
            asks = one_line(f"Claude asks to {wish(questions[0])}", 90)
            self.prompt_frame.border_title = Markupless.assemble(
                (f"{self.commands.key('answer')} answers: ", "bold $text-warning"),
                (asks, "$text-warning"),
            )

    def look_at_questions(self) -> None:
        """Open the dialog for the next question, or take away one that is settled."""
        questions = self._questions_here()
        dialog = self._permission
        if dialog is None:
            waiting = [one for one in questions if one.id not in self._put_off | self._decided]
            if waiting and self._may_interrupt:
                self._show_question(waiting[0], questions)
        elif dialog.question in questions:
            dialog.show_place(questions.index(dialog.question) + 1, len(questions))
        else:
            dialog.take_away()

    def action_answer_question(self) -> None:
        """Show the question that Claude waits with, here or else on another branch."""
        self.act(self._answer())

    async def _answer(self) -> None:
        if not self._questions_here():
            asking: list[tuple[BranchId, ContentId]] = list(self.studio.asking.items())
            if not asking:
                raise Refused("Claude asks nothing now.")
            await self.open_content(asking[0][1], asking[0][0])
        questions = [one for one in self._questions_here() if one.id not in self._decided]
        if questions and self._permission is None:
            self._put_off -= {one.id for one in questions}
            self._show_question(questions[0], self._questions_here(), is_called=True)

    def _questions_here(self) -> tuple[Question, ...]:
        talk = self.conversation
        if talk is None or not talk.is_writing or talk.is_stopping:
            return ()
        return talk.reply.questions

    @property
    def _is_on_top(self) -> bool:
        return self.app.screen_stack[-1:] == [self]

    @property
    def _may_interrupt(self) -> bool:
        app = self.app
        is_typing = isinstance(app, TypeAheadApp) and (
            app.has_keys_waiting or app.hands_rest < HANDS_REST
        )
        is_in_field = isinstance(self.focused, Input | TextArea)
        return self._is_on_top and not (is_typing or is_in_field or self.is_acting)

    def _show_question(
        self, question: Question, questions: tuple[Question, ...], *, is_called: bool = False
    ) -> None:
        content, branch_id = self.shown
        dialog = self._permission = PermissionScreen(
            question,
            about=f"{content.title} · {content.branch(branch_id).name}",
            place=questions.index(question) + 1,
            count=len(questions),
            is_called=is_called,
        )
        talk = self.studio.conversation(content.id, branch_id)
        self.app.push_screen(dialog, partial(self._question_left, dialog, talk))

    def _question_left(
        self, dialog: PermissionScreen, talk: Conversation, answer: Decision | Unanswered | None
    ) -> None:
        self._permission = None
        match answer:
            case Decision():
                self._decided |= {dialog.question.id}
                self.attempt(self._decide(talk, dialog.question, answer), group="answering")
                if answer is not Decision.REFUSE_AND_STOP:
                    is_ruled = answer is Decision.ALLOW_ON_BRANCH
                    self._show_next(dialog.question.rule if is_ruled else "")
            case Unanswered.LATER:
                self._put_off |= {one.id for one in talk.reply.questions}
            case _:
                self.look_at_questions()

    def _show_next(self, settled_rule: str) -> None:
        """Put the next question where the last one was: keys are meant for it, and nothing else.

        What falls under `settled_rule` needs no answer any more.
        """
        questions = self._questions_here()
        answered = self._put_off | self._decided
        waiting = [
            one
            for one in questions
            if one.id not in answered and not (settled_rule and one.rule == settled_rule)
        ]
        if waiting and self._is_on_top:
            self._show_question(waiting[0], questions, is_called=True)

    async def _decide(self, talk: Conversation, question: Question, decision: Decision) -> None:
        try:
            await talk.decide(question.id, decision)
        except LibraryProblem:
            self._decided -= {question.id}
            raise
