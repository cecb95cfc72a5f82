"""The way in: whether Claude can be asked, and what to do when not."""

import asyncio

from tui.domain.errors import AgentProblem
from tui.screens.main import texts
from tui.screens.main.group import ActionGroup


class Setup(ActionGroup):
    """Checks the login after the first frame, and offers what can be done without one."""

    async def check_login(self) -> None:
        """Check whether Claude can be asked; while it cannot, show why, and what one can do."""
        problem = (await self._studio.account()).problem
        while problem:
            from tui.screens.welcome import WelcomeChoice, WelcomeScreen

            match await self._ui.open(WelcomeScreen(problem)):
                case WelcomeChoice.LOG_IN:
                    await self._log_in()
                case WelcomeChoice.DEMO:
                    self._options.leave_for_demo()
                    return
                case WelcomeChoice.CHECK_AGAIN:
                    pass
                case _:
                    return
            problem = (await self._studio.account()).problem

    async def _log_in(self) -> None:
        if not self._options.login_command:
            raise AgentProblem(texts.NO_LOGIN_COMMAND)
        with self._ui.suspended():
            try:
                login = await asyncio.create_subprocess_exec(*self._options.login_command)
            except OSError as error:
                raise AgentProblem(f"The login cannot start: {error}.") from error
            await login.wait()
