"""The keys of the commands after the settings are applied, and their names in sentences."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Final, Protocol, runtime_checkable

from textual.binding import Binding, BindingType

from tui.commands.command import MAIN_SCOPES, PANE_SCOPES, Command, Scope
from tui.commands.table import COMMANDS

_SHOWN: Final[Mapping[str, str]] = {
    "question_mark": "?",
    "exclamation_mark": "!",
    "slash": "/",
    "colon": ":",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "asterisk": "*",
    "equals_sign": "=",
    "dollar_sign": "$",
    "percent_sign": "%",
    "number_sign": "#",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}
_APP: Final = "app."
"""How an action of the app begins in the table; the others are of the pane or screen."""
_FUNCTION_KEY: Final = re.compile(r"f\d\d?")
_FIELD: Final = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)?)\}")


def shown_key(key: str) -> str:
    """Return a Textual key name as a person reads it: `ctrl+s`, `?`, `↑`, `F2`."""
    before, plus, last = key.rpartition("+")
    if _FUNCTION_KEY.fullmatch(last):
        last = last.upper()
    return before + plus + _SHOWN.get(last, last)


class Keymap:
    """The command table with the keys from the settings in place of its own."""

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        """Apply `keys`, Textual key names by command id; unknown ids are ignored."""
        self._given = dict(keys or {})
        self.commands: tuple[Command, ...] = tuple(
            replace(command, keys=self._given.get(command.id, command.keys)) for command in COMMANDS
        )
        self._by_id = {command.id: command for command in self.commands}

    def __getitem__(self, command_id: str) -> Command:
        """Return a command with the keys it has now."""
        return self._by_id[command_id]

    def key(self, command_id: str) -> str:
        """Return the first key of a command, as a person reads it: for hints and sentences."""
        return shown_key(self._by_id[command_id].keys.split(",")[0])

    def all_keys(self, command_id: str) -> str:
        """Return all keys of a command, as a person reads them: for the keys help."""
        return " ".join(shown_key(key) for key in self._by_id[command_id].keys.split(","))

    def fill(self, text: str) -> str:
        """Replace each `{command_id}` in a text of our own by the key of that command.

        Raises `KeyError` for an id that is no command; text of others must not be passed.
        """
        return _FIELD.sub(lambda found: self.key(found[1]), text)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The first key of every command by its id, as a person reads it."""
        return MappingProxyType({command.id: self.key(command.id) for command in self.commands})

    @property
    def textual(self) -> dict[str, str]:
        """What `App.set_keymap` takes: the keys that the settings change."""
        return {name: keys for name, keys in self._given.items() if name in self._by_id}

    def problems(self) -> tuple[str, ...]:
        """Return a sentence for every unknown command, and for every key that clashes now.

        A pane's own key may stand before a general one where the table says so, as `e` in the
        queue; only clashes that the settings bring are problems.
        """
        unknown = [
            f"The settings give a key to “{name}”, which is no command; "
            f"{self.key('help')} lists the commands with their ids."
            for name in self._given
            if name not in self._by_id
        ]
        usual = _clashes(COMMANDS)
        clashes = [
            f"The key {shown_key(key)} is given to {' and '.join(names)}; only one can have it."
            for key, names in _clashes(self.commands).items()
            if usual.get(key) != names
        ]
        return (*unknown, *clashes)


def bindings(*scopes: Scope) -> list[BindingType]:
    """Return Textual bindings for the commands of scopes; each can be remapped by its id."""
    first = (Scope.EVERYWHERE, Scope.IMPORT)
    return [
        _binding(
            command,
            command.textual_action,
            has_priority=command.goes_first or command.scope in first,
        )
        for command in COMMANDS
        if command.scope in scopes and not command.action.startswith(_APP)
    ]


def app_bindings() -> list[BindingType]:
    """Return Textual bindings for the commands that work on every screen."""
    return [
        _binding(command, command.action.removeprefix(_APP), has_priority=True)
        for command in COMMANDS
        if command.action.startswith(_APP)
    ]


def _binding(command: Command, action: str, *, has_priority: bool) -> Binding:
    return Binding(
        command.keys,
        action,
        command.label,
        show=False,
        id=command.id,
        priority=has_priority,
        tooltip=command.help,
    )


@runtime_checkable
class HasKeymap(Protocol):
    """An app that knows the keys of the commands."""

    keymap: Keymap


def keymap_of(app: object) -> Keymap:
    """Return an app's keymap, or the keymap of the table for an app without one."""
    return app.keymap if isinstance(app, HasKeymap) else Keymap()


def _clashes(commands: Iterable[Command]) -> dict[str, tuple[str, ...]]:
    """Return the ids of commands that share a key in one place, by the key."""
    users: dict[str, list[Command]] = {}
    for command in commands:
        for key in command.keys.split(","):
            users.setdefault(key, []).append(command)
    return {
        key: tuple(command.id for command in sharing)
        for key, sharing in users.items()
        if any(_meet(one, other) for one in sharing for other in sharing if one is not other)
    }


def _meet(one: Command, other: Command) -> bool:
    """Return whether the keys of two commands work in one place."""
    scopes = {one.scope, other.scope}
    if len(scopes) == 1:
        return True
    if Scope.EVERYWHERE in scopes:
        return scopes <= MAIN_SCOPES
    return Scope.PANES in scopes and bool(scopes & PANE_SCOPES)
