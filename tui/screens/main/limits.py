"""Limits on the next change, for the prompt of the branch that the cursor is on."""

from tui.domain.change_limits import NO_LIMITS
from tui.domain.errors import Refused
from tui.screens.main import texts
from tui.screens.main.group import ActionGroup
from tui.screens.main.ui import Handlers
from tui.screens.main.unsent import asks, limited
from tui.screens.main.workspace import Pane


class LimitActions(ActionGroup):
    """The command that limits what the next prompt may change."""

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {"limits": self._limits}

    async def _limits(self) -> None:
        """Ask for the limits of the branch's next prompt, and go to that prompt."""
        from tui.screens.limits import LimitsScreen

        about = self._library.about
        branch, draft = about.branch, about.content.draft(about.branch)
        if draft is None:
            raise Refused(self._worded(texts.NOTHING_TO_LIMIT))
        start = self._state.now.place.limits.get(branch, NO_LIMITS)
        limits = await self._ui.open(LimitsScreen(draft.text, start))
        if limits is None:
            return
        now = limited(self._state.now, branch, limits if limits.is_set else None)
        self._state.put(asks(now, branch, is_asking=False) if limits.is_set else now)
        if branch != self._state.now.branch:
            await self._library.open(about.content.id, branch)
        self._ui.focus(Pane.PROMPT)
