"""The key of the keys help opens it on every screen, with the keys of that screen first."""

from textual.widgets import Input, TextArea

from tests.support.driver import at_the_desk
from tests.ui.test_dialog_keys import SCREENS
from tui.commands import Keymap, Scope
from tui.screens.help import HelpScreen

BY_LETTER = {
    Scope.APPROVE,
    Scope.DIFF,
    Scope.COMPARE,
    Scope.VERSIONS,
    Scope.COSTS,
    Scope.NOTICES,
    Scope.LINKS,
    Scope.QUESTION,
    Scope.PERMISSION,
    Scope.WELCOME,
    Scope.BEST,
    Scope.IMPORT,
    Scope.PASSAGE,
}
"""The screens that begin where letters are commands; in the others they are text."""


async def test_the_help_opens_wherever_letters_are_commands() -> None:
    wrong: list[str] = []
    async with at_the_desk(size=(160, 60)) as user:
        await user.sees("Nothing here yet")
        for scope, (leave, make) in SCREENS.items():
            if scope is Scope.HELP:
                continue
            screen = make()
            await user.app.push_screen(screen)
            await user.waits(lambda: user.app.focused is not None, scope)
            await user.presses("question_mark")
            is_open = isinstance(user.app.screen, HelpScreen)
            if is_open != (scope in BY_LETTER):
                wrong.append(scope)
            if is_open:
                is_told = Keymap()[leave].help[:20] in user.screen.split("Write with Claude")[0]
                await user.presses("question_mark")
                if not is_told or user.app.screen is not screen:
                    wrong.append(f"{scope} is not left with {leave}")
            elif isinstance(field := user.app.focused, Input | TextArea):
                text = field.value if isinstance(field, Input) else field.text
                if "?" not in text:
                    wrong.append(f"{scope} holds {text}")
            while user.app.screen is not user.main:
                await user.app.pop_screen()
    assert wrong == []
