"""Talking with Claude: prompts, stops, retries, questions and forks."""

import asyncio
from collections.abc import Callable

from tui.domain.checks import checked_name, name_from_prompt
from tui.domain.content import TurnKind, TurnState
from tui.domain.errors import RedraftError, Refused
from tui.domain.events import (
    ContextMeasured,
    CostEstimated,
    LimitTold,
    Noticed,
    Outcome,
    SavingDelayed,
    TextStreamed,
    TurnAccepted,
    TurnEnded,
    TurnSaved,
)
from tui.domain.ids import BranchId, ContentId
from tui.messages import ConversationOver, TurnHappened
from tui.screens.ask_name import AskNameScreen
from tui.screens.main.desk import Desk
from tui.widgets.prompt import PromptBox

_AGAIN = (TurnState.FAILED, TurnState.STOPPED, TurnState.INTERRUPTED)


class TurnActions(Desk):
    """The commands that send something to Claude, and what happens then."""

    # -- prompts -----------------------------------------------------------------------------

    def action_compose_prompt(self, purpose: str) -> None:
        """Go to the prompt, to revise or to ask."""
        self.is_asking = purpose == "ask"
        self.show_header()
        self.go_to(self.prompt)
        self.attempt(self._connect_ahead(), group="connecting")

    async def _connect_ahead(self) -> None:
        if self.conversation is not None:
            await self.conversation.prepare()

    def on_prompt_box_sent(self, event: PromptBox.Sent) -> None:
        """Send what was typed."""
        event.stop()
        self.act(self.send_typed(event.text))

    def on_prompt_box_typed(self, event: PromptBox.Typed) -> None:
        """Keep what is typed with its branch."""
        event.stop()
        self.keep_unsent(event.text)

    async def send_typed(self, text: str) -> None:
        """Send what was typed; it stays in the prompt until it is saved."""
        content, branch_id = self.shown

        def forget() -> None:
            self.is_asking = self.is_asking and branch_id != self.branch_id
            self.forget_unsent(branch_id, text)

        if await self.start_turn(content.id, branch_id, text, self._kind(), forget):
            self.go_to(self.chat)

    def _kind(self) -> TurnKind:
        content, branch_id = self.shown
        if content.draft(branch_id) is None:
            return TurnKind.GENERATE
        return TurnKind.ASK if self.is_asking else TurnKind.REVISE

    async def start_turn(
        self,
        content_id: ContentId,
        branch_id: BranchId,
        prompt: str,
        kind: TurnKind,
        when_accepted: Callable[[], None] = lambda: None,
    ) -> bool:
        """Send a prompt on a branch and follow what happens, also when it leaves the screen.

        Returns once the prompt is saved: True; or refused, and told so: False. `when_accepted` is
        called in the moment it is saved, before anything else can happen.
        """
        accepted = asyncio.get_running_loop().create_future()
        talking = self._follow(
            content_id, branch_id, prompt, kind, accepted=accepted, when_accepted=when_accepted
        )
        self.run_worker(talking, group="turns", exit_on_error=False)
        is_accepted: bool = await accepted
        return is_accepted

    async def _follow(
        self,
        content_id: ContentId,
        branch_id: BranchId,
        prompt: str,
        kind: TurnKind,
        *,
        accepted: asyncio.Future[bool],
        when_accepted: Callable[[], None],
    ) -> None:
        conversation = self.studio.conversation(content_id, branch_id)
        outcome: Outcome | None = None
        try:
            async for event in conversation.send(prompt, kind):
                self.heard(branch_id)
                if not accepted.done():
                    when_accepted()
                    accepted.set_result(True)
                if isinstance(event, TurnEnded):
                    outcome = event.outcome
                if isinstance(event, TextStreamed):
                    self.mark_stale()  # Shown by the next flush: a delta costs the screen nothing.
                else:
                    self.post_message(TurnHappened(content_id, branch_id, event))
        except RedraftError as error:
            self.tell(str(error), is_problem=True)
        finally:
            if not accepted.done():
                accepted.set_result(False)
            self.post_message(ConversationOver(content_id, branch_id, outcome))

    async def on_turn_happened(self, message: TurnHappened) -> None:
        """Show what happened in a turn, here or elsewhere."""
        is_here = message.branch_id == self.branch_id
        match message.event:
            case TurnAccepted():
                await self.reload()
                if is_here:
                    self.chat.scroll_end(animate=False)
            case TurnEnded() as end if end.failure and not is_here:
                self.mark_news(message.content_id, message.branch_id)
                self.tell(await self._elsewhere(message, end.failure), is_problem=True)
            case TurnEnded() if not is_here:
                self.mark_news(message.content_id, message.branch_id)
                self.tell(await self._elsewhere(message, "Claude has answered."))
            case TurnSaved():
                await self.reload()
            case SavingDelayed(problem):
                self.tell(f"{problem} The answer is kept and saved when it works.", is_problem=True)
            case Noticed(text):
                self.tell(text)
            case ContextMeasured(percent):
                self.context_percent[message.branch_id] = percent
                self.show_header()
            case LimitTold(limit):
                self.limits[limit.window] = limit
                self.show_header()
            case CostEstimated():
                self.show_header()
            case _:
                self.mark_stale()

    async def on_conversation_over(self, _message: ConversationOver) -> None:
        """Show that nothing runs any more."""
        await self.reload()

    async def _elsewhere(self, message: TurnHappened, what: str) -> str:
        content = await self.studio.content(message.content_id)
        return f"{content.title} · {content.branch(message.branch_id).name}: {what}"

    # -- stop and retry ----------------------------------------------------------------------

    def stop_here(self) -> bool:
        """Ask Claude to stop on the branch on screen; False when it is not writing there."""
        conversation = self.conversation
        if conversation is None or not conversation.is_writing:
            return False
        conversation.stop()
        self.mark_stale()
        self.show_header()
        return True

    def action_retry_turn(self) -> None:
        """Ask the last prompt again when its turn failed, was stopped or interrupted."""
        self.act(self._retry())

    async def _retry(self) -> None:
        content, branch_id = self.shown
        turns = content.branch(branch_id).turns
        if not turns or turns[-1].state not in _AGAIN:
            raise Refused("There is nothing to retry: the last turn here did not fail.")
        await self.start_turn(content.id, branch_id, turns[-1].prompt, turns[-1].kind)

    # -- forks -------------------------------------------------------------------------------

    def action_fork_turn(self) -> None:
        """Make a branch that leaves after the selected turn."""
        self.act(self._fork())

    async def _fork(self) -> None:
        content, _ = self.shown
        branch_id, number = self.selected_turn()
        if not number:
            raise Refused("There is no turn to fork from yet: let Claude write something first.")
        turn = content.turn_at(branch_id, number).turn
        name = await self._ask_branch_name(f"Fork after turn {number}", turn.prompt)
        if name is None:
            return
        content, branch = await self.studio.fork(content.id, branch_id, number, name)
        await self._open_fork(content.id, branch.id)
        self.tell(f"Branch “{branch.name}” is open. Press r and say what to try.")

    def action_ask_again(self) -> None:
        """Fork before the selected prompt, with that prompt ready to be changed."""
        self.act(self._ask_again())

    async def _ask_again(self) -> None:
        content, _ = self.shown
        branch_id, number = self.selected_turn()
        turn = content.turn_at(branch_id, number).turn
        name = await self._ask_branch_name(f"Ask turn {number} again", turn.prompt)
        if name is None:
            return
        content, branch = await self.studio.fork(content.id, branch_id, number - 1, name)
        await self._open_fork(content.id, branch.id)
        self.prompt.fill(turn.prompt)
        self.go_to(self.prompt)

    async def _ask_branch_name(self, question: str, prompt: str) -> str | None:
        placeholder = name_from_prompt(prompt)
        name = await self.ask(
            AskNameScreen(
                question,
                placeholder=placeholder,
                check=lambda typed: checked_name(typed or placeholder),
            )
        )
        return None if name is None else name or placeholder

    async def _open_fork(self, content_id: ContentId, branch_id: BranchId) -> None:
        await self.open_content(content_id, branch_id)
        await self.reload_list()
        self.go_to(self.chat)
