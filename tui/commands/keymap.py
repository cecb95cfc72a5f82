"""The keys of the commands after the settings are applied, and their names in sentences."""

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, cached_property
from types import MappingProxyType
from typing import Final, Protocol, runtime_checkable

from textual.binding import Binding, BindingType
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from tui.commands.command import MAIN_SCOPES, PANE_SCOPES, Command, Scope
from tui.commands.table import COMMANDS


def _character_name(character: str) -> str:
    """Return Textual's name of a key of ASCII that is neither a letter nor a digit."""
    name = unicodedata.name(character).lower().replace(" ", "_").replace("-", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


_SHOWN: Final[Mapping[str, str]] = {
    **{_character_name(character): character for character in string.punctuation},
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
_HELD: Final = frozenset({"ctrl", "shift", "alt", "meta", "super", "hyper"})
_NAMED: Final = {shown: name for name, shown in _SHOWN.items()}
_FIELD: Final = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)?)\}")


def shown_key(key: str) -> str:
    """Return a Textual key name as a person reads it: `ctrl+s`, `?`, `↑`, `F2`."""
    before, plus, last = key.rpartition("+")
    if _FUNCTION_KEY.fullmatch(last):
        last = last.upper()
    return before + plus + _SHOWN.get(last, last)


def _named_key(key: str) -> str:
    """Return Textual's name of a key that a person wrote, also as `shown_key` shows it."""
    before, plus, last = key.rpartition("+") if len(key) > 1 else ("", "", key)
    if _FUNCTION_KEY.fullmatch(last.lower()):
        last = last.lower()
    return before + plus + _NAMED.get(last, last)


def _is_key(key: str) -> bool:
    """Whether a terminal may send a key of this name."""
    *held, last = key.split("+")
    if not _HELD.issuperset(held):
        return False
    if len(last) != 1:
        return bool(_FUNCTION_KEY.fullmatch(last)) or last in _SHOWN or last in _special_keys()
    # A letter with shift is the capital; with ctrl it has none.
    return last.isprintable() and held != ["shift"] and not ("ctrl" in held and last.isupper())


@cache
def _special_keys() -> frozenset[str]:
    """Return Textual's names of the keys that type no character, without modifiers."""
    from textual._keyboard_protocol import FUNCTIONAL_KEYS  # noqa: PLC0415 (few set any keys)

    special = (key.value.rpartition("+")[2] for key in Keys)
    return frozenset({*special, *FUNCTIONAL_KEYS.values()})


class Keymap:
    """The command table with the keys from the settings in place of its own."""

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        """Apply `keys` by command id; unknown ids and what is no key are ignored."""
        named = {
            name: [_named_key(key.strip()) for key in text.split(",")]
            for name, text in (keys or {}).items()
        }
        self._wrong = {
            name: next(key for key in given if not _is_key(key))
            for name, given in named.items()
            if not all(map(_is_key, given))
        }
        self._given = {
            name: ",".join(given) for name, given in named.items() if name not in self._wrong
        }
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
        """Return a sentence for each unknown command, for what is no key, and for each clash.

        A pane's own key may stand before a general one where the table says so, as `e` in the
        queue; only clashes that the settings bring are problems.
        """
        unknown = [
            f"The settings give a key to “{name}”, which is no command; "
            f"{self.key('help')} lists the commands with their ids."
            for name in (*self._given, *self._wrong)
            if name not in self._by_id
        ]
        wrong = [
            f"The settings give “{name}” the key “{key}”, which is none: "
            "keys are written like f, F, ctrl+f, f5 or pagedown."
            for name, key in self._wrong.items()
            if name in self._by_id
        ]
        usual = _clashes(COMMANDS)
        clashes = [
            f"The key {shown_key(key)} is given to {' and '.join(names)}; only one can have it."
            for key, names in _clashes(self.commands).items()
            if usual.get(key) != names
        ]
        return (*unknown, *wrong, *clashes)


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


def help_binding() -> list[BindingType]:
    """Return the binding of the keys help on a screen other than the main one."""
    (command,) = (one for one in COMMANDS if one.id == "help")
    return [_binding(command, "app.show_keys", has_priority=False)]


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
    """Return the ids of the commands that share a key with another one in one place, by the key."""
    users: dict[str, list[Command]] = {}
    for command in commands:
        for key in command.keys.split(","):
            users.setdefault(key, []).append(command)
    meeting = {
        key: tuple(
            one.id
            for one in sharing
            if any(_meet(one, other) for other in sharing if other is not one)
        )
        for key, sharing in users.items()
    }
    return {key: names for key, names in meeting.items() if names}


def _meet(one: Command, other: Command) -> bool:
    """Return whether the keys of two commands work in one place."""
    scopes = {one.scope, other.scope}
    if len(scopes) == 1:
        return True
    if Scope.EVERYWHERE in scopes:
        return scopes <= MAIN_SCOPES
    return Scope.PANES in scopes and bool(scopes & PANE_SCOPES)
