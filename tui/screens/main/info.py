"""Screens that only tell: costs, keys, notices."""

from tui.commands import Group
from tui.screens.main.group import ActionGroup
from tui.screens.main.ui import Handlers
from tui.widgets.badges import MARKS


class InfoActions(ActionGroup):
    """The commands that show something and change nothing."""

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {"costs": self._costs, "help": self._help, "notices": self._show_notices}

    async def _costs(self) -> None:
        from tui.screens.costs import CostsScreen, Ledger

        about, now = self._library.about, self._state.now
        is_here = about.branch == now.branch
        ledger = Ledger(
            about.content,
            about.branch,
            self._studio.budgets,
            self._options.now(),
            context_percent=now.context_percent.get(about.branch),
            running=now.live.cost if now.live is not None and is_here else None,
            limits=tuple(now.limits.values()),
        )
        await self._ui.open(CostsScreen(ledger))

    async def _help(self) -> None:
        from tui.screens.help import HelpScreen

        marks = tuple((mark.symbol, mark.meaning) for mark in MARKS)
        first = Group.__members__.get(self._state.now.focus.name)
        await self._ui.open(HelpScreen(self._ui.keymap, marks=marks, first=first))

    async def _show_notices(self) -> None:
        from tui.screens.notices import NoticesScreen

        await self._ui.open(NoticesScreen(self._options.board.notices))
