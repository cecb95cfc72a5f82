"""The commands: what a person can do, declared once, and the keys for it."""

from tui.commands.command import MAIN_SCOPES, PANE_SCOPES, Command, Group, Precondition, Scope
from tui.commands.keymap import (
    Keymap,
    app_bindings,
    bindings,
    help_binding,
    keymap_of,
    shown_key,
)
from tui.commands.table import BOTTOM_LINE, COMMANDS

__all__ = [
    "BOTTOM_LINE",
    "COMMANDS",
    "MAIN_SCOPES",
    "PANE_SCOPES",
    "Command",
    "Group",
    "Keymap",
    "Precondition",
    "Scope",
    "app_bindings",
    "bindings",
    "help_binding",
    "keymap_of",
    "shown_key",
]
