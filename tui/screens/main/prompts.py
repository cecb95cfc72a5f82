"""Talking with Claude: prompts go out, wait in the queue, and are stopped."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tui.domain.change_limits import ChangeLimits
from tui.domain.checks import checked_prompt
from tui.domain.content import TurnKind
from tui.domain.errors import RedraftError, Refused
from tui.domain.events import (
    ContextMeasured,
    CostEstimated,
    LimitReported,
    Noticed,
    Outcome,
    PermissionAsked,
    PermissionSettled,
    SavingDelayed,
    TextStreamed,
    TurnAccepted,
    TurnEnded,
    TurnSaved,
)
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId, TurnId
from tui.domain.passage import Passage, Span
from tui.domain.queue import QueuedPrompt
from tui.domain.tools import describe_question
from tui.messages import ConversationOver, TurnHappened
from tui.screens.main import texts
from tui.screens.main.chat import ChatProjection
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.library import with_engine
from tui.screens.main.ui import Handlers, Work
from tui.screens.main.unsent import (
    asks,
    goes_on,
    is_busy,
    limited,
    queue_on,
    refused,
    sending,
    sent,
    typed,
    with_queue,
)
from tui.screens.main.workspace import Pane, Workspace, at, put, target
from tui.widgets.text import one_line

WARM_AFTER: Final = 1.0
"""Seconds after the first letter before the SDK is loaded: the first frames and keys come first."""


@frozen
class Outgoing:
    """A prompt on its way to Claude."""

    content: ContentId
    branch: BranchId
    prompt: str
    kind: TurnKind
    passage: Passage | None = None
    limits: ChangeLimits | None = None


class Prompts(ActionGroup):
    """Sends prompts, follows what comes of them, and keeps each branch's queue going."""

    def __init__(self, desk: Desk, chat: ChatProjection) -> None:
        super().__init__(desk)
        self._chat = chat
        self._edits: dict[BranchId, Callable[[], Work]] = {}
        """By branch what saves an edit that could not be saved; Claude is to know it."""
        self._limited: dict[BranchId, ChangeLimits] = {}
        """By branch the limits of the typed prompt that is on its way."""
        self.is_leaving = False
        """Whether the program is closing: nothing is sent any more."""
        self._is_warm = False
        """Whether what the first prompt needs was loaded, or is about to be."""

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {
            "chat.prompt": lambda: self._ui.focus(Pane.PROMPT),
            "revise": lambda: self._compose(is_asking=False),
            "ask": lambda: self._compose(is_asking=True),
            "prompt.kind": self._switch_kind,
        }

    # -- what the next prompt does -----------------------------------------------------------

    def _compose(self, *, is_asking: bool) -> Work:
        now = self._state.now
        # Where the list shows no piece that matches, the one on screen is meant all the same.
        about = target(now) or target(at(now, Pane.CHAT)) or self._library.about
        self._state.put(asks(now, about.branch, is_asking=is_asking))
        if about.branch == self._state.now.branch:
            self._ui.focus(Pane.PROMPT)
        return self._go_to_prompt(about.content.id, about.branch)

    async def _go_to_prompt(self, content_id: ContentId, branch_id: BranchId) -> None:
        if branch_id != self._state.now.branch:
            await self._library.open(content_id, branch_id)
            self._ui.focus(Pane.PROMPT)
        # The session is connected while the prompt is typed.
        talk = self._studio.conversation(content_id, branch_id)
        self._ui.start(talk.prepare(), group="connecting")

    def _switch_kind(self) -> None:
        now = self._state.now
        if now.branch is not None:
            self._state.put(asks(now, now.branch, is_asking=not now.is_asking_mode))

    def typed(self, text: str, folded: tuple[Span, ...] = ()) -> None:
        """Take over what is typed; what the first prompt needs is loaded while the writer types."""
        self._state.put(typed(self._state.now, text, folded))
        if text and not self._is_warm:
            self._is_warm = True
            self._ui.start(self._warm_up())

    async def _warm_up(self) -> None:
        await asyncio.sleep(WARM_AFTER)
        await self._studio.warm_up()

    # -- sending -----------------------------------------------------------------------------

    def submit(self, text: str) -> None:
        """Send what was typed, or queue it while Claude writes; never past what is queued.

        A refusal is told, and what was typed stays.
        """
        try:
            self._submit(text)
        except RedraftError as error:
            self._ui.show_notice(str(error), is_problem=True)

    def _submit(self, text: str) -> None:
        now = self._state.now
        content, branch = now.content, now.branch
        if content is None or branch is None:
            raise Refused(self._worded(texts.NO_PIECE_OPEN))
        talk = self._studio.conversation(content.id, branch)
        # Whoever saw “Stopping…” means the moment after it, also when that has just come.
        is_stopping = talk.is_stopping or (now.live is not None and now.live.is_stopping)
        if not is_stopping and (is_busy(now, branch) or goes_on(now, branch)):
            self._queue(typed(now, ""), branch, text)
            return
        prompt = QueuedPrompt(text, now.is_asking_mode)
        kind = prompt.kind(has_draft=content.draft(branch) is not None)
        limits = now.place.limits.get(branch) if kind is TurnKind.REVISE else None
        if limits is not None:
            self._limited[branch] = limits
        self._state.put(sending(replace(now, found=now.found.unmarked), branch, text))
        outgoing = Outgoing(content.id, branch, text, kind, limits=limits)
        self._ui.start(self._send_when_stopped(outgoing), group="turns")

    async def _send_when_stopped(self, outgoing: Outgoing) -> None:
        # A prompt that is sent while a stop is under way is meant for the moment after it.
        await self._studio.conversation(outgoing.content, outgoing.branch).ended()
        await self._run(outgoing)

    def _queue(self, now: Workspace, branch: BranchId, text: str) -> None:
        limits = None
        if not now.is_asking_mode and branch not in self._limited:
            limits = now.place.limits.get(branch)
            now = limited(now, branch, None)
        prompt = QueuedPrompt(checked_prompt(text), now.is_asking_mode, limits=limits)
        queue = queue_on(now, branch).add(prompt)
        self._state.put(with_queue(now, branch, queue))
        if queue.is_held:
            self._notify(texts.BEHIND_HELD)

    def save_first(self, branch_id: BranchId, save: Callable[[], Work] | None) -> None:
        """Call `save` before the next prompt of a branch goes out; None once the edit is saved."""
        if save is None:
            self._edits.pop(branch_id, None)
        else:
            self._edits[branch_id] = save

    def start_turn(self, outgoing: Outgoing) -> None:
        """Send a prompt that was not typed, and follow what happens."""
        self._ui.start(self._run(outgoing), group="turns")

    async def run_turn(self, outgoing: Outgoing) -> TurnId | None:
        """Send a prompt that was typed elsewhere, and wait for the end of its turn.

        Returns which turn that was; None when it was stopped before it was one. Raises what refused
        it. The turn goes on when nobody waits any more.
        """
        done: asyncio.Future[TurnId | None] = asyncio.get_running_loop().create_future()

        async def follow() -> None:
            turn: TurnId | None = None
            try:
                turn = await self._run(outgoing)
            except RedraftError as problem:
                if done.done():
                    raise
                done.set_exception(problem)
            finally:
                if not done.done():
                    done.set_result(turn)

        self._ui.start(follow(), group="turns")
        return await done

    async def _run(self, outgoing: Outgoing) -> TurnId | None:
        """Run a turn to its end and post what happens; the screen shows it from there.

        Returns which turn it was, if it began.
        """
        content_id, branch_id = outgoing.content, outgoing.branch
        passage, limits = outgoing.passage, outgoing.limits
        outcome: Outcome | None = None
        turn: TurnId | None = None
        try:
            self._refuse_archived(branch_id)
            if branch_id in self._edits:
                await self._edits[branch_id]()
            talk = self._studio.conversation(content_id, branch_id)
            events = talk.send(outgoing.prompt, outgoing.kind, passage=passage, limits=limits)
            async for event in events:
                self._chat.mark_progress(branch_id)
                if isinstance(event, TurnAccepted):
                    turn = event.turn
                elif isinstance(event, TurnEnded):
                    outcome = event.outcome
                if not isinstance(event, TextStreamed):
                    # Text is shown by the next tick: a delta costs the screen nothing.
                    self._ui.emit(TurnHappened(content_id, branch_id, event))
        finally:
            self._ui.emit(ConversationOver(content_id, branch_id, outcome))
        return turn

    def _refuse_archived(self, branch_id: BranchId) -> None:
        """Raise `Refused`, with the key that brings the branch back, while it is archived."""
        content = self._state.now.content
        for branch in () if content is None else content.branches:
            if branch.id == branch_id and branch.is_archived:
                raise Refused(self._worded(texts.BRANCH_IN_ARCHIVE, name=branch.name))

    # -- what happens then -------------------------------------------------------------------

    async def handle(self, message: TurnHappened) -> None:
        """Show what happened in a turn, here or elsewhere."""
        self._state.put(with_engine(self._state.now, self._studio))
        branch, is_here = message.branch_id, message.branch_id == self._state.now.branch
        match message.event:
            case TurnAccepted():
                await self._accepted(branch)
            case TurnEnded() as end if not is_here:
                self._mark_news(message)
                said = end.failure or texts.ANSWERED
                self._ui.show_notice(
                    await self._elsewhere(message, said), is_problem=bool(end.failure)
                )
            case TurnSaved():
                await self._library.read_again()
            case SavingDelayed(problem):
                self._ui.show_notice(f"{problem} {texts.KEPT_UNTIL_SAVED}", is_problem=True)
            case Noticed(text):
                self._ui.show_notice(text)
            case ContextMeasured(percent):
                now = self._state.now
                measured = put(now.context_percent, branch, percent)
                self._state.put(replace(now, context_percent=measured))
            case LimitReported(limit):
                now = self._state.now
                self._state.put(replace(now, limits=put(now.limits, limit.window, limit)))
            case PermissionAsked(question) if not is_here:
                asks_for = f"Claude asks to {one_line(describe_question(question), 80)}."
                answer = self._worded("Press {answer} to answer.")
                self._ui.show_notice(await self._elsewhere(message, f"{asks_for} {answer}"))
            case PermissionAsked() | PermissionSettled() | CostEstimated() | TurnEnded():
                pass  # Seen in what the engine says, which is taken over above.
            case _:
                self._chat.mark_progress(branch)

    async def _accepted(self, branch: BranchId) -> None:
        now = sent(self._state.now, branch)
        queue = queue_on(now, branch)
        if queue.is_sending:
            now = with_queue(now, branch, queue.sent())
        used = self._limited.pop(branch, None)
        if used is not None and used == now.place.limits.get(branch):
            now = limited(now, branch, None)  # They were for this prompt only.
        self._state.put(now)
        await self._library.read_again()
        if branch == self._state.now.branch and not queue.is_sending:
            self._ui.show_turn(0)

    async def handle_over(self, message: ConversationOver) -> None:
        """Go on after a turn that finished; after another hold the queue, bring the prompt back."""
        branch, now = message.branch_id, self._state.now
        if message.outcome is None:
            # Else what is on its way by now is the next prompt, which nothing has refused.
            self._limited.pop(branch, None)
            now = refused(now, branch)
            queue = queue_on(now, branch)
            if queue.is_sending:
                now = with_queue(now, branch, queue.refused())
        self._state.put(with_engine(now, self._studio))
        try:
            await self._library.read_again()
        finally:
            self._go_on(message)

    def _go_on(self, message: ConversationOver) -> None:
        now, branch = self._state.now, message.branch_id
        queue = queue_on(now, branch)
        if is_busy(now, branch):
            return
        place = None if self.is_leaving else queue.goes_next
        if message.outcome is Outcome.FINISHED and place is not None:
            self.send_queued(message.content_id, branch, place)
        elif queue != queue.hold():
            self._state.put(with_queue(now, branch, queue.hold()))

    def send_queued(self, content_id: ContentId, branch_id: BranchId, place: int) -> None:
        """Send a queued prompt; it leaves the queue when it is saved as a turn, and not before."""
        queue = queue_on(self._state.now, branch_id).send(place)
        self._state.put(with_queue(self._state.now, branch_id, queue))
        self._ui.start(self._send_queued(content_id, branch_id, queue.prompts[0]), group="turns")

    async def _send_queued(
        self, content_id: ContentId, branch_id: BranchId, prompt: QueuedPrompt
    ) -> None:
        try:
            content = await self._studio.content(content_id)
        except RedraftError:
            self._ui.emit(ConversationOver(content_id, branch_id, None))
            raise
        kind = prompt.kind(has_draft=content.draft(branch_id) is not None)
        outgoing = Outgoing(content_id, branch_id, prompt.text, kind, limits=prompt.limits)
        await self._run(outgoing)

    def _mark_news(self, message: TurnHappened) -> None:
        now = self._state.now
        news = put(now.news, message.branch_id, message.content_id)
        self._state.put(replace(now, news=news))

    async def _elsewhere(self, message: TurnHappened, what: str) -> str:
        content = await self._studio.content(message.content_id)
        name = content.branch(message.branch_id).name
        return self._worded(texts.ELSEWHERE, title=content.title, name=name, what=what)

    # -- stop ----------------------------------------------------------------------

    def stop(self) -> bool:
        """Ask Claude to stop on the branch on screen, and hold the queue; False: nothing ran."""
        now = self._state.now
        branch = now.branch
        if now.content is None or branch is None:
            return False
        talk = self._studio.conversation(now.content.id, branch)
        is_writing, has_queue = talk.is_writing, goes_on(now, branch)
        if not is_writing and not has_queue:
            return False
        talk.stop()
        if has_queue:
            now = with_queue(now, branch, queue_on(now, branch).hold())
        if is_writing:
            self._chat.mark_progress(branch)
        self._state.put(with_engine(now, self._studio))
        return True
