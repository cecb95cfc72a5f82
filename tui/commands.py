"""Every command of the main screen, declared once.

The footer, the keys help, the command palette and the keymap all read this list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from textual.binding import Binding, BindingType


class Group(StrEnum):
    """Where a command stands in the keys help."""

    WRITE = "Write with Claude"
    TEXT = "The draft"
    BRANCHES = "Branches"
    LIBRARY = "Contents"
    MOVE = "Get around"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can tell Redraft to do."""

    id: str
    """Stable name; the settings file's `[keys]` table remaps keys by it."""
    keys: str
    """Textual key names, separated by commas."""
    action: str
    label: str
    """One or two words for the footer."""
    help: str
    """One line for the keys help and the palette."""
    group: Group
    is_everywhere: bool = False
    """Whether the key works while a text field has the focus."""

    @property
    def shown_keys(self) -> str:
        """The keys as a person reads them: `ctrl+s`, `?`, `↑`."""
        return " or ".join(_SHOWN.get(key, key) for key in self.keys.split(","))


_SHOWN: Final[Mapping[str, str]] = {
    "question_mark": "?",
    "slash": "/",
    "asterisk": "*",
    "dollar_sign": "$",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "escape": "esc",
    "f3": "F3",
}

COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "revise", "r", "compose_prompt('revise')", "Revise",
        "Go to the prompt and tell Claude what to write or change", Group.WRITE,
    ),
    Command(
        "ask", "c", "compose_prompt('ask')", "Ask",
        "Go to the prompt and ask Claude something; no new version", Group.WRITE,
    ),
    Command(
        "stop", "escape", "leave", "Leave",
        "Stop Claude when it is writing here; otherwise leave the field", Group.WRITE,
        is_everywhere=True,
    ),
    Command(
        "answer", "ctrl+g", "answer_question", "Answer",
        "Answer what Claude asks, here or on the branch where it waits", Group.WRITE,
        is_everywhere=True,
    ),
    Command(
        "retry", "ctrl+r", "retry_turn", "Retry",
        "Ask the last failed or stopped prompt again", Group.WRITE, is_everywhere=True,
    ),
    Command(
        "queue", "Q", "show_queue", "Queue",
        "Go to the prompts that wait until Claude is done here", Group.WRITE,
    ),
    Command(
        "take", "t", "take_draft", "Take",
        "Take the selected answer as the draft, also one that was stopped", Group.WRITE,
    ),
    Command(
        "edit", "e", "edit_draft", "Edit", "Edit the draft full screen", Group.TEXT,
    ),
    Command(
        "edit_outside", "E", "edit_outside", "Editor", "Edit the draft in $EDITOR", Group.TEXT,
    ),
    Command(
        "diff", "d", "show_diff", "Diff",
        "See what the draft changed against the version before", Group.TEXT,
    ),
    Command(
        "approve", "a", "review_draft", "Approve",
        "Read the exact text full screen and approve it with y", Group.TEXT,
    ),
    Command(
        "publish", "p", "publish", "Publish",
        "Write the approved text to a file and mark it published", Group.TEXT,
    ),
    Command(
        "copy", "y", "copy_draft", "Copy", "Copy the draft, clean, to the clipboard", Group.TEXT,
    ),
    Command(
        "fork", "f", "fork_turn", "Fork",
        "Try a different approach: a new branch after the selected turn", Group.BRANCHES,
    ),
    Command(
        "ask_again", "R", "ask_again", "Ask again",
        "Fork before the selected prompt and change that prompt", Group.BRANCHES,
    ),
    Command(
        "label", "L", "label_turn", "Label", "Give the selected turn a label", Group.BRANCHES,
    ),
    Command(
        "make_main", "asterisk", "make_main", "Main", "Make this branch the main one",
        Group.BRANCHES,
    ),
    Command(
        "rename_branch", "N", "rename_branch", "Rename", "Give this branch another name",
        Group.BRANCHES,
    ),
    Command(
        "new", "n", "new_content", "New", "Begin a new content", Group.LIBRARY,
    ),
    Command(
        "find", "slash", "find", "Find", "Narrow the list of contents down", Group.LIBRARY,
    ),
    Command(
        "rename", "T", "rename_content", "Title", "Give this content another title",
        Group.LIBRARY,
    ),
    Command(
        "settings", "S", "content_settings", "Settings",
        "Title, kind, sources and web of this content", Group.LIBRARY,
    ),
    Command(
        "reopen", "o", "reopen", "Reopen",
        "Take an approved or published content back to draft", Group.LIBRARY,
    ),
    Command(
        "archive", "x", "archive", "Archive",
        "Put this content into the archive, or take it out again", Group.LIBRARY,
    ),
    Command(
        "delete", "D", "delete_content", "Delete",
        "Move this content to the trash; u brings it back", Group.LIBRARY,
    ),
    Command(
        "undo", "u", "undo", "Undo",
        "Take back the last edit, approval, rename, archiving or deletion", Group.LIBRARY,
    ),
    Command(
        "import", "I", "import_sessions", "Import",
        "Adopt sessions of Claude Code as contents", Group.LIBRARY,
    ),
    Command(
        "next_pane", "tab", "move_focus(1)", "Next pane", "Go to the next pane", Group.MOVE,
        is_everywhere=True,
    ),
    Command(
        "previous_pane", "shift+tab", "move_focus(-1)", "Previous pane",
        "Go to the previous pane", Group.MOVE, is_everywhere=True,
    ),
    Command(
        "branches", "b", "show_branches", "Branches",
        "Go to the branches, and back to the conversation", Group.MOVE,
    ),
    Command(
        "costs", "dollar_sign", "show_costs", "Costs",
        "See what this content cost, the budgets and the usage limits", Group.MOVE,
    ),
    Command(
        "help", "question_mark", "show_help", "Keys", "Show all keys", Group.MOVE,
    ),
    Command(
        "palette", "ctrl+p", "app.command_palette", "Palette",
        "Find any command by its name", Group.MOVE, is_everywhere=True,
    ),
    Command(
        "quit", "ctrl+q", "app.quit", "Quit", "Leave Redraft; everything is saved", Group.MOVE,
        is_everywhere=True,
    ),
)  # fmt: skip


FOOTER: Final = (
    "revise", "edit", "fork", "diff", "approve", "new", "find", "branches", "help",
)  # fmt: skip
"""Ids of the commands in the bottom line, in its order."""


def footer(commands: Iterable[Command]) -> list[tuple[str, str]]:
    """Return (key, label) of the commands in the bottom line."""
    by_id = {command.id: command for command in commands}
    return [(by_id[name].shown_keys, by_id[name].label) for name in FOOTER]


def keys_of(command_id: str, commands: Iterable[Command]) -> str:
    """Return the keys of one command, as a person reads them."""
    return next(command.shown_keys for command in commands if command.id == command_id)


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """Return Textual bindings for commands; each can be remapped by its command's id."""
    return [
        Binding(
            command.keys,
            command.action,
            command.label,
            show=False,
            id=command.id,
            priority=command.is_everywhere,
        )
        for command in commands
    ]


def with_keys(commands: Iterable[Command], keys: Mapping[str, str]) -> tuple[Command, ...]:
    """Return the commands with keys from the settings in place of their own."""
    return tuple(
        replace(command, keys=keys[command.id]) if command.id in keys else command
        for command in commands
    )


def key_problems(commands: Iterable[Command], keys: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence for every unknown command, and for every key that two commands share."""
    commands = tuple(commands)
    known = {command.id for command in commands}
    problems = [
        f"The settings give a key to “{name}”, which is no command; `?` shows the commands."
        for name in keys
        if name not in known
    ]
    users: dict[str, list[str]] = {}
    for command in with_keys(commands, keys):
        for key in command.keys.split(","):
            users.setdefault(key, []).append(command.id)
    problems += [
        f"The key {_SHOWN.get(key, key)} is given to {' and '.join(names)}; only one can have it."
        for key, names in users.items()
        if len(names) > 1
    ]
    return tuple(problems)
