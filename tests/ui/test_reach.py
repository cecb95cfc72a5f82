"""Every command of the table is reached by key, palette and mouse, also when all keys are others.

What a command then does is the business of the pty tests: here the app only takes note of what it
is told to run.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import product
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widget import Widget

from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore, Script
from tests.support.moments import is_read
from tests.ui.screens_host import a_content, until
from tests.ui.test_dialog_keys import SCREENS, KeyedHost, QuietScreen
from tui.commands import BOTTOM_LINE, COMMANDS, MAIN_SCOPES, Command, Keymap, Scope, shown_key
from tui.domain.ids import BranchId
from tui.domain.place import Place
from tui.domain.queue import QueuedPrompt
from tui.screens.frame import HintLine
from tui.screens.main.dispatch import Dispatch
from tui.screens.palette import CommandProvider
from tui.widgets.bottomline import Hint

MODIFIERS = (
    "",
    "ctrl+",
    "alt+",
    "shift+",
    "ctrl+alt+",
    "ctrl+shift+",
    "alt+shift+",
    "alt+super+",
    "ctrl+super+",
)
OTHER_KEYS = [f"{modifier}f{n}" for modifier, n in product(MODIFIERS, range(13, 37)) if n != 15]
ALL_OTHERS = {command.id: key for command, key in zip(COMMANDS, OTHER_KEYS, strict=False)}
"""For every command a key that no command has."""
KEYMAPS = pytest.mark.parametrize("keys", [{}, ALL_OTHERS], ids=["usual", "all others"])
FIELDS = {Scope.PROMPT, Scope.SEARCH}
"""Where letters are text."""
WORKING = {
    scope: {
        scope,
        Scope.EVERYWHERE,
        *(() if scope in FIELDS else (Scope.PANES,)),
    }
    for scope in BOTTOM_LINE
}
"""For every pane the scopes whose commands work while it has the focus."""
TAKEN_BY_THE_FIELD = {"prompt.send", "prompt.newline"}
"""Commands that the prompt does itself as soon as it has the key."""
OF_THE_WIDGET = {
    "enter": {"select", "press", "submit"},
    "down": {"cursor_down"},
    "ctrl+z": {"undo"},
    "ctrl+y": {"redo"},
}
"""What a list, a button and a field do themselves on a key; from elsewhere, and then, the screen
does what its command says."""


@contextmanager
def noted(app: App[Any]) -> Iterator[list[str]]:
    """Take note of the actions that an app is told to run, and run none of them."""
    actions: list[str] = []

    async def note(action: object, *_args: object, **_kwargs: object) -> bool:
        actions.append(plain(str(action)))
        return True

    app.run_action = note  # type: ignore[method-assign]
    try:
        yield actions
    finally:
        del app.run_action


def plain(action: str) -> str:
    return action.removeprefix("app.").removeprefix("screen.")


def actions_of(commands: Sequence[Command]) -> list[str]:
    return [plain(command.textual_action) for command in commands]


def key_of(command: Command) -> str:
    return command.keys.split(",")[0]


@asynccontextmanager
async def a_full_desk(keys: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[User]:
    """Open the studio with something in every pane; no command is refused for what is missing."""
    monkeypatch.setattr(Dispatch, "why_dead", lambda *_: "")
    monkeypatch.setattr(Dispatch, "is_enabled", lambda *_: True)
    store = MemoryStore([a_content("# One\n\nText one.", "# Two\n\nText two.", approved=1)])
    store.kept_place = Place(queued={BranchId("b1"): (QueuedPrompt("later"),)})
    async with at_the_desk(size=(240, 50), store=store, keys=tuple(keys.items())) as user:
        await user.waits(lambda: user.prompt.has_focus, "the start")
        yield user


async def focused(user: User, scope: Scope) -> Widget:
    """Give a pane the focus, and return it."""
    pane = user.main.palette_target(scope)
    if scope is Scope.SEARCH:
        user.main._do.handlers["find"]()
    pane.focus()
    await user.waits(lambda: pane.has_focus, scope)
    await user.waits(lambda: bool(user.main.view.bottom.hints), "the bottom line")
    return pane


@KEYMAPS
async def test_every_key_of_every_pane_runs_its_command(
    keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keymap = Keymap(keys)
    async with a_full_desk(keys, monkeypatch) as user:
        for scope, scopes in WORKING.items():
            await focused(user, scope)
            own = {
                key for one in keymap.commands if one.scope is scope for key in one.keys.split(",")
            }
            meant = [
                (command, key)
                for command in keymap.commands
                if command.scope in scopes and command.id not in TAKEN_BY_THE_FIELD
                for key in command.keys.split(",")
                if command.scope is scope or key not in own
            ]
            with noted(user.app) as actions:
                await user.presses(*(key for _, key in meant))
            assert actions == actions_of([command for command, _ in meant]), scope


async def test_with_all_other_keys_the_usual_ones_run_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = {key for one in COMMANDS if one.scope in MAIN_SCOPES for key in one.keys.split(",")}
    own_of_textual = {"up", "down", "pageup", "pagedown", "home", "end", "enter", "left", "right"}
    async with a_full_desk(ALL_OTHERS, monkeypatch) as user:
        for scope in WORKING.keys() - FIELDS:
            await focused(user, scope)
            with noted(user.app) as actions:
                await user.presses(*sorted(usual - own_of_textual))
            ours = {action for action in actions if action.startswith("command(")}
            assert ours == set(), scope


@KEYMAPS
async def test_the_prompt_breaks_the_line_and_sends_by_its_keys(keys: dict[str, str]) -> None:
    keymap = Keymap(keys)
    breaks, sends = (keymap[name].keys.split(",") for name in ("prompt.newline", "prompt.send"))
    async with at_the_desk(*[Script("Yes.")] * 2, keys=tuple(keys.items())) as user:
        await user.begins("On waiting")
        for send in sends:
            await user.presses("a", *breaks, "b", send)
            await user.waits(lambda: user.prompt.text == "", "the empty prompt")
            await user.waits(lambda: not user.workspace.writing, "the answer")
        sent = [prompt for _, prompt in user.agent.prompts]
        assert len(sent) == len(sends)
        assert all("a" + "\n" * len(breaks) + "b" in prompt for prompt in sent)


async def hinted(user: User, commands: set[str]) -> tuple[Hint, ...]:
    """Wait until the bottom line hints at these commands, and return all its hints."""

    def hints() -> tuple[Hint, ...]:
        return user.main.view.bottom.hints

    await user.waits(lambda: {hint.command for hint in hints()} >= commands, commands)
    return hints()


@KEYMAPS
async def test_every_hint_of_the_bottom_line_names_the_key_and_takes_a_click(
    keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keymap = Keymap(keys)
    async with a_full_desk(keys, monkeypatch) as user:
        for scope in BOTTOM_LINE:
            await focused(user, scope)
            hints = await hinted(user, {*BOTTOM_LINE[scope]} - {"answer", "retry"})
            line = user.screen.splitlines()[-1] + " "  # The screen has no blanks at its right.
            clicked = []
            with noted(user.app) as actions:
                for hint in hints:
                    assert hint.key == keymap.key(hint.command)
                    column = line.find(f" {hint.key} {hint.label} ")
                    if column >= 0:
                        clicked.append(keymap[hint.command])
                        await user.pilot.click("#bottom", offset=(column + 1, 0))
            assert actions == actions_of(clicked), scope
            assert clicked[0].id == hints[0].command
            assert clicked[-1].id == "palette", "all others are found there"


@KEYMAPS
async def test_the_palette_runs_every_command_of_the_main_screen(
    keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keymap = Keymap(keys)
    async with a_full_desk(keys, monkeypatch) as user:
        own = [one for one in keymap.commands if one.scope in MAIN_SCOPES and one.id != "palette"]
        provider = CommandProvider(user.main, None)
        offered = [hit async for hit in provider.discover()]
        with noted(user.app) as actions:
            for hit in offered:
                await hit.command()
        assert actions == actions_of(own)
        faces = [str(hit.prompt) for hit in offered]
        assert faces == [f"{one.label}  {keymap.key(one.id)}" for one in own]


@KEYMAPS
async def test_every_command_of_a_dialog_runs_by_key_palette_and_click(
    keys: dict[str, str],
) -> None:
    """One dialog after the other; told is all that is wrong."""
    wrong: list[str] = []
    app = KeyedHost(QuietScreen, keys)
    async with app.run_test(size=(260, 50)) as pilot:
        for scope, (_, make) in SCREENS.items():
            await app.push_screen(make())
            await until(pilot, lambda: app.screen.query(HintLine) and app.focused is not None)
            await until(
                pilot, lambda: is_read(app.screen) or not hasattr(app.screen, "takes_answers")
            )
            try:
                await _all_run(app, pilot, scope)
            except (AssertionError, LookupError, StopIteration, TimeoutError) as failure:
                wrong.append(f"{scope}: {failure!r}")
            while not isinstance(app.screen, QuietScreen):
                await app.pop_screen()
    assert wrong == [], "\n".join(wrong)


async def _all_run(app: KeyedHost, pilot: Pilot[None], scope: Scope) -> None:
    keymap = app.keymap
    own = [one for one in keymap.commands if one.scope is scope]
    (line,) = app.screen.query(HintLine)
    with noted(app) as actions:
        for command in own:
            for key in command.keys.split(","):
                await pilot.press(key)
                meant = {plain(command.textual_action), *OF_THE_WIDGET.get(key, ())}
                assert actions.pop() in meant, (command.id, key)
        for hit in [hit async for hit in CommandProvider(app.screen, None).discover()]:
            await hit.command()
        assert set(actions) >= set(actions_of(own))
        actions.clear()
        for hint in line._hints:
            row, text = next(
                (n, text)
                for n, text in enumerate(app.shown.splitlines())
                if f"{hint.key} {hint.label}" in text
            )
            await pilot.click(offset=(text.index(f"{hint.key} {hint.label}"), row))
        assert actions == [plain(hint.action) for hint in line._hints]
    shown = {hint.key for hint in line._hints}
    assert shown <= {shown_key(key_of(one)) for one in keymap.commands}
