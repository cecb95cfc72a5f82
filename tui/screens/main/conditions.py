"""Whether a command can be done now, and the sentence that says why it cannot."""

from collections.abc import Mapping
from typing import Final

from tui.commands import Command, Keymap, Need, Scope
from tui.domain.content import Content, TurnState
from tui.domain.ids import BranchId
from tui.domain.links import links_in
from tui.domain.status import Status
from tui.domain.tree_shape import Part
from tui.domain.turn_changes import last_over
from tui.screens.main import texts
from tui.screens.main.unsent import queue_on
from tui.screens.main.workspace import Target, Workspace, target

RETRIED: Final = (TurnState.FAILED, TurnState.STOPPED, TurnState.INTERRUPTED)
_OF_ONE_ROW: Final = (Need.TURN, Need.ANSWER, Need.LINKS, Need.OTHER_BRANCH)
"""Needs that a row with several others folded into it never meets."""
REOPENED: Final = (Status.REVIEW, Status.APPROVED, Status.PUBLISHED)

_NO_PIECE: Final = texts.NO_PIECE_OPEN
NO_ROW: Final = "No piece is selected: the list shows none that matches."
_WHY: Final[Mapping[Need, str]] = {
    Need.TURN: "There is no turn here yet. Press {revise} and tell Claude what to write.",
    Need.DRAFT: "There is no draft here yet. Press {revise} to let Claude write one, or {edit} to "
    "write it yourself.",
    Need.HAS_VERSIONS: "There is no version here yet. Press {revise} to let Claude write one.",
    Need.IDLE_DRAFT: "There is no draft here yet. Press {revise} to let Claude write one.",
    Need.IDLE: "Claude is writing this draft. Wait for it, or press {stop} to stop it.",
    Need.ANSWER: "This turn has no text to take.",
    Need.FAILED_TURN: "Nothing to retry: the last turn here did not fail.",
    Need.OTHER_BRANCH: "This is the main branch already.",
    Need.REOPENABLE: "This piece is a draft already.",
    Need.QUESTION: "Claude has no question now.",
    Need.QUEUE: "Nothing is queued here. A prompt sent while Claude writes waits here.",
    Need.LINKS: "There are no links in this turn.",
    Need.HITS: "Nothing was searched yet. Press {search} to search this piece.",
}


def why_not(command: Command, workspace: Workspace) -> str:
    """Return why a command cannot be done now; empty when it can be done.

    The sentence may hold `{command_id}` fields, which `Keymap.fill` replaces by keys.
    """
    need = command.need
    if need is Need.NOTHING:
        return ""
    if need is Need.QUESTION:
        return "" if workspace.asking else _WHY[need]
    if need is Need.HITS:
        return "" if workspace.found.words else _WHY[need]
    if workspace.content is None:
        return _NO_PIECE
    if need is Need.OPEN_PIECE:
        return ""
    about = target(workspace)
    if about is None:
        return NO_ROW
    return _why_not_here(need, about, workspace)


def why_dead(keymap: Keymap, key: str, workspace: Workspace) -> str:
    """Return why the command on a key cannot be done now; empty when it can, or there is none."""
    for command in keymap.commands:
        is_meant = command.scope in (Scope.EVERYWHERE, Scope.PANES)
        if is_meant and key in command.keys.split(","):
            return keymap.fill(why_not(command, workspace))
    return ""


def _why_not_here(need: Need, about: Target, workspace: Workspace) -> str:
    content, branch = about.content, about.branch
    if need in _OF_ONE_ROW and about.folded is not Part.ITSELF:
        return texts.FOLDED_ROW
    draft = content.draft(branch)
    match need:
        case Need.PIECE:
            return ""
        case Need.HAS_VERSIONS:
            return "" if content.versions else _WHY[need]
        case Need.IDLE:
            return _why_not_editable(content, branch, workspace)
        case Need.IDLE_DRAFT if draft is not None:
            return _why_not_editable(content, branch, workspace)
        case Need.ANSWER:
            is_fit = about.version is not None or bool(about.turn and about.turn.turn.reply)
        case Need.FAILED_TURN:
            turns = content.branch(branch).turns
            is_fit = bool(turns) and turns[-1].state in RETRIED
            is_fit = is_fit or last_over(content, branch) is not None
        case Need.LINKS:
            is_fit = about.turn is not None and bool(links_in(about.turn.turn.reply))
        case _:
            is_fit = {
                Need.TURN: about.turn is not None,
                Need.DRAFT: draft is not None,
                Need.OTHER_BRANCH: branch != content.main,
                Need.REOPENABLE: content.status in REOPENED,
                Need.QUEUE: bool(queue_on(workspace, branch).prompts),
            }.get(need, False)
    return "" if is_fit else _WHY[need]


def _why_not_editable(content: Content, branch: BranchId, workspace: Workspace) -> str:
    if branch in workspace.writing:
        return _WHY[Need.IDLE]
    if content.status is Status.ARCHIVED:
        return "This piece is in the archive. Press {archive} to take it out first."
    if content.branch(branch).is_archived:
        return texts.ON_ARCHIVED_BRANCH
    return ""
