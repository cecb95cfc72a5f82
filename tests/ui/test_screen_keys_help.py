"""The key of the keys help opens it on every screen, with the keys of that screen first."""

import re

from textual.widgets import Input, TextArea

from tests.support.driver import at_the_desk
from tests.support.fakes import Script
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
            is_open = isinstance(top := user.app.screen, HelpScreen)
            if is_open != (scope in BY_LETTER):
                wrong.append(scope)
            if isinstance(top, HelpScreen):
                is_told = Keymap()[leave].help[:20] in user.screen.split("Write with Claude")[0]
                told = {text for _, text in top._sections[0][1]}
                own = [one for one in Keymap().commands if one.scope is scope]
                # A key that goes before the reader's is the reader's where it can do nothing.
                left_out = [one for one in own if one.help not in told and not one.goes_first]
                wrong += [f"{one.id} is not told" for one in left_out]
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


async def test_the_help_tells_of_a_key_only_what_it_does_on_that_screen() -> None:
    async with at_the_desk(Script("<draft>\nOne.\n</draft>\n"), size=(160, 60)) as user:
        await user.begins("On waiting")
        await user.tells_claude("write")
        await user.sees("v1 ·")
        await user.waits(lambda: not user.workspace.writing, "the end of the turn")
        await user.commands("e", *"Zero. ", "ctrl+s")
        await user.sees("Saved v2")
        await user.commands("d")
        await user.sees("space Refuse")
        await user.presses("question_mark")
        await user.sees("On this screen")
        here = user.screen.split("Write with Claude")[0]
        assert re.findall(r"│ +space +([\w ]*)", here) == ["Refuse the marked change"]
        assert re.search(r"│ +pgdn +A page down", here)
