"""The way in: whether Claude can be asked, and what to do when not."""

import asyncio
from collections.abc import Callable, Sequence

from tui.commands import Keymap
from tui.domain.errors import AgentProblem
from tui.screens.main.library import LibraryActions
from tui.screens.welcome import WelcomeChoice, WelcomeScreen
from tui.studio.studio import Studio


class Entrance(LibraryActions):
    """Checks the login behind the first frame and offers the ways on without one."""

    def __init__(
        self,
        studio: Studio,
        commands: Keymap,
        *,
        banner: str = "",
        login_command: Sequence[str] = (),
        leave_for_demo: Callable[[], None],
        notices: Sequence[str] = (),
    ) -> None:
        super().__init__(studio, commands, banner=banner)
        self._login_command = tuple(login_command)
        self._leave_for_demo = leave_for_demo
        self.notices = tuple(notices)

    async def check_login(self) -> None:
        """Ask whether Claude can be asked; when it cannot, show why and what one can do."""
        account = await self.studio.account()
        if not account.is_ready:
            self.act(self._offer_ways_on(account.problem))

    async def _offer_ways_on(self, problem: str) -> None:
        while problem:
            choice = await self.ask(WelcomeScreen(problem))
            match choice:
                case WelcomeChoice.LOG_IN:
                    await self._log_in()
                case WelcomeChoice.DEMO:
                    self._leave_for_demo()
                    return
                case WelcomeChoice.CHECK_AGAIN:
                    pass
                case _:
                    return
            problem = (await self.studio.account()).problem

    async def _log_in(self) -> None:
        if not self._login_command:
            raise AgentProblem("Log in with `claude auth login` in another terminal.")
        with self.app.suspend():
            try:
                login = await asyncio.create_subprocess_exec(*self._login_command)
            except OSError as error:
                raise AgentProblem(f"The login cannot be started: {error}.") from error
            await login.wait()
        self.refresh(layout=True)
