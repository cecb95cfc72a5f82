"""Best of N from a branch or a turn: asked for, written beside the keys, and one of them picked."""

import random
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from tui.domain.angles import Angle
from tui.domain.change_limits import limits_words
from tui.domain.content import Content
from tui.domain.errors import InvalidInput
from tui.domain.events import (
    Event,
    Noticed,
    Outcome,
    PermissionAsked,
    TextStreamed,
    TurnAccepted,
    TurnEnded,
)
from tui.domain.ids import BranchId, ContentId
from tui.messages import ConversationOver, TurnHappened
from tui.screens.main import texts
from tui.screens.main.branches import BranchActions, turn_words
from tui.screens.main.chat import ChatProjection
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.ui import Handlers
from tui.screens.main.unsent import filled, limited
from tui.screens.main.workspace import Pane, Target
from tui.studio.best_of import (
    Attempt,
    BestOf,
    Plan,
    check_point,
    checked_plan,
    estimated,
    from_angle,
)

if TYPE_CHECKING:
    from tui.screens.best_form import BestForm
    from tui.screens.best_of import Picked

FIRST_DRAFT: Final = "Write the first draft."
"""The prompt where the brief says everything, which goes with it."""


class BestActions(ActionGroup):
    """The command that has several ways tried at once, and what comes of it."""

    def __init__(self, desk: Desk, chat: ChatProjection, branches: BranchActions) -> None:
        super().__init__(desk)
        self._chat = chat
        self._branches = branches
        self._under_way: dict[ContentId, tuple[BestOf, Sequence[int]]] = {}
        """What was begun in this program and is not picked yet, with the order of its columns."""
        self._shown: BestOf | None = None
        self._begun: dict[BranchId, BestForm] = {}
        """What stands in the form and was not started, by the branch."""

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {"best": self._best}

    async def _best(self) -> None:
        """Show what is under way in the piece; else ask for a new one, and show that."""
        about = self._library.row
        if about.content.id not in self._under_way:
            plan = await self._planned(about)
            if plan is None:
                return
            best = BestOf(self._studio, plan)
            order = self._shuffle(len(best.entries))
            self._under_way[about.content.id] = best, order
            self._shown = best  # Before anything happens that would be told of.
            self._ui.start(self._run(best, about), group="turns")
        await self._show(about.content, *self._under_way[about.content.id])

    @staticmethod
    def _shuffle(count: int) -> Sequence[int]:
        """Return the numbers below `count` in any order: that of the columns tells nothing."""
        return random.sample(range(count), count)

    # -- the form ----------------------------------------------------------------------------

    async def _planned(self, about: Target) -> Plan | None:
        from tui.screens.best_form import BestFormScreen

        content, branch, budgets = about.content, about.branch, self._studio.budgets
        after = 0 if about.turn is None else about.turn.number
        check_point(content, branch, after, budgets)
        limits = self._state.now.place.limits.get(branch)
        held = "" if limits is None else f"Each is held to: {limits_words(limits)}. "

        def check(prompt: str, attempts: Sequence[Attempt]) -> Plan:
            return checked_plan(
                content,
                branch,
                after,
                prompt=prompt,
                attempts=attempts,
                budgets=budgets,
                limits=limits,
            )

        form = BestFormScreen(
            f"after {turn_words(about)}" if after else "from the start",
            self._form(about),
            check=check,
            estimate=lambda count: held + estimated(content, branch, after, count, budgets).words,
            angles=tuple(_fitting((await self._studio.angles.all()).angles, content.kind)),
            keep=lambda typed: self._keep(branch, typed),
        )
        return await self._ui.open(form)

    def _form(self, about: Target) -> "BestForm":
        """Return what the form begins with: above all the prompt typed on the branch."""
        from tui.screens.best_form import BestForm

        typed = self._state.now.place.unsent.get(about.branch, "")
        usual = FIRST_DRAFT if about.turn is None and about.content.brief else ""
        begun = self._begun.get(about.branch)
        return BestForm(typed or usual) if begun is None else BestForm(typed, begun.attempts)

    def _keep(self, branch: BranchId, typed: "BestForm") -> None:
        """Keep what is typed: the prompt where the prompts are that were not sent."""
        self._begun[branch] = typed
        self._state.put(filled(self._state.now, branch, typed.prompt))

    # -- the writing -------------------------------------------------------------------------

    async def _run(self, best: BestOf, about: Target) -> None:
        """Run the attempts, and post what happens in them as for any turn."""
        is_sent = False

        async def tell(number: int, event: Event | None) -> None:
            nonlocal is_sent
            entry = best.entries[number]
            if entry.branch is None:
                return
            self._chat.mark_progress(entry.branch)
            if isinstance(event, TurnAccepted) and not is_sent:
                is_sent = True
                self._forget_typed(about.branch, best.plan)
            self._post(best, number, event)

        await best.run(tell)
        waits = any(one is best for one, _ in self._under_way.values())
        if waits and self._shown is not best:
            count = str(len(best.entries))
            self._notify(texts.BEST_DONE, count=count, title=about.content.title)

    def _post(self, best: BestOf, number: int, event: Event | None) -> None:
        """Post what happened, except what the open columns show themselves."""
        content, entry = best.plan.content, best.entries[number]
        branch = entry.branch
        assert branch is not None
        is_seen = self._shown is best and isinstance(event, TurnEnded | PermissionAsked | Noticed)
        if event is None:
            outcome = Outcome(entry.state.value) if entry.is_sent else None
            self._ui.emit(ConversationOver(content, branch, outcome))
        elif not isinstance(event, TextStreamed) and not is_seen:
            self._ui.emit(TurnHappened(content, branch, event))

    def _forget_typed(self, branch: BranchId, plan: Plan) -> None:
        """Take what was sent out of the field, unless something else stands there now."""
        self._begun.pop(branch, None)
        now = self._state.now
        if now.place.unsent.get(branch, "").strip() == plan.prompt.strip():
            now = filled(now, branch, "")
        if now.place.limits.get(branch) == plan.limits:
            now = limited(now, branch, None)
        self._state.put(now)

    # -- the columns -------------------------------------------------------------------------

    async def _show(self, content: Content, best: BestOf, order: Sequence[int]) -> None:
        from tui.screens.best_of import BestOfScreen

        self._shown = best
        try:
            picked = await self._ui.open(BestOfScreen(best, content.title, order=order))
        finally:
            self._shown = None
        if picked is not None or best.is_over:
            self._under_way.pop(content.id, None)
        if picked is not None:
            await self._pick(best, picked)
        else:
            await self._library.read_again()

    async def _pick(self, best: BestOf, picked: "Picked") -> None:
        entry = best.entries[picked.number]
        assert entry.branch is not None
        content = await self._studio.content(best.plan.content)
        if picked.archives_others:
            for one in best.entries:
                if one.branch is not None and one.branch != entry.branch:
                    content = await self._studio.decisions.archive_branch(content.id, one.branch)
        await self._library.open(content.id, entry.branch)
        self._library.list_contents(content)
        if picked.is_main:
            await self._branches.make_main(content, entry.branch)
        elif picked.archives_others:
            self._notify(texts.BEST_ARCHIVED, name=entry.name)
        self._ui.focus(Pane.PROMPT)


def _fitting(angles: Iterable[Angle], kind: str) -> Iterable[Attempt]:
    """Return the angles for a kind that need not be told more."""
    for angle in angles:
        if angle.fits(kind):
            try:
                yield from_angle(angle)
            except InvalidInput:
                continue
