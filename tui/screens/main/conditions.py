"""Whether a command can be done now, and the sentence that says why it cannot."""

from collections.abc import Mapping
from typing import Final

from tui.commands import PANE_SCOPES, Command, Keymap, Precondition, Scope, shown_key
from tui.domain.content import Content, TurnState
from tui.domain.ids import BranchId
from tui.domain.links import links_in
from tui.domain.status import Status
from tui.domain.tree_shape import Part
from tui.domain.turn_changes import last_over
from tui.screens.main import texts
from tui.screens.main.unsent import queue_on
from tui.screens.main.workspace import Pane, Target, Workspace, target

RETRIED: Final = (TurnState.FAILED, TurnState.STOPPED, TurnState.INTERRUPTED)
_OF_ONE_ROW: Final = (
    Precondition.TURN,
    Precondition.ANSWER,
    Precondition.LINKS,
    Precondition.OTHER_BRANCH,
)
"""Preconditions that a row with several others folded into it never meets."""
REOPENED: Final = (Status.REVIEW, Status.APPROVED, Status.PUBLISHED)

NO_ROW: Final = "No piece is selected: the list shows none that matches."
_WHY: Final[Mapping[Precondition, str]] = {
    Precondition.TURN: "There is no turn here yet. Press {revise} and tell Claude what to write.",
    Precondition.DRAFT: "There is no draft here yet. Press {revise} to let Claude write one, or "
    "{edit} to write it yourself.",
    Precondition.HAS_VERSIONS: "There is no version here yet. "
    "Press {revise} to let Claude write one.",
    Precondition.IDLE_DRAFT: "There is no draft here yet. Press {revise} to let Claude write one.",
    Precondition.IDLE: "Claude is writing this draft. Wait for it, or press {stop} to stop it.",
    Precondition.ANSWER: "This turn has no text to take.",
    Precondition.FAILED_TURN: "Nothing to retry: the last turn here did not fail.",
    Precondition.OTHER_BRANCH: "This is the main branch already.",
    Precondition.REOPENABLE: "This piece is a draft already.",
    Precondition.QUESTION: "Claude has no question now.",
    Precondition.QUEUE: "Nothing is queued here. A prompt sent while Claude writes waits here.",
    Precondition.LINKS: "There are no links in this turn.",
    Precondition.HITS: "Nothing was searched yet. Press {search} to search this piece.",
}


def why_not(command: Command, workspace: Workspace) -> str:
    """Return why a command cannot be done now; empty when it can be done.

    The sentence may hold `{command_id}` fields, which `Keymap.fill` replaces by keys.
    """
    precondition = command.precondition
    if precondition is Precondition.NOTHING:
        return ""
    if precondition is Precondition.QUESTION:
        return "" if workspace.asking else _WHY[precondition]
    if precondition is Precondition.HITS:
        return "" if workspace.found.words else _WHY[precondition]
    if workspace.content is None:
        return texts.NO_PIECE_OPEN
    if precondition is Precondition.OPEN_PIECE:
        return ""
    about = target(workspace)
    if about is None:
        return NO_ROW
    return _why_not_here(precondition, about, workspace)


def why_dead(keymap: Keymap, key: str, workspace: Workspace) -> str:
    """Return why the command on a key cannot be done now; empty when it can, or there is none."""
    for command in keymap.commands:
        is_meant = command.scope in (Scope.EVERYWHERE, Scope.PANES)
        if is_meant and key in command.keys.split(","):
            return keymap.fill(why_not(command, workspace))
    return ""


def elsewhere(keymap: Keymap, key: str, pane: Pane) -> str:
    """Return in which other panes a key is a command; empty where it is one in this pane too."""
    users = [one for one in keymap.commands if key in one.keys.split(",")]
    here = {Scope.EVERYWHERE, Scope.PANES, Scope(pane)}
    if Scope(pane) not in PANE_SCOPES or any(one.scope in here for one in users):
        return ""
    places: dict[str, list[str]] = {}
    for one in users:
        if one.scope in PANE_SCOPES:
            group = one.group.value
            places.setdefault(one.label, []).append(group[0].lower() + group[1:])
    what = " and ".join(f"“{label}” {' and '.join(where)}" for label, where in places.items())
    text = keymap.fill(texts.KEY_OF_OTHER_PANE)
    return texts.quoted(text, key=shown_key(key), what=what) if what else ""


def _why_not_here(precondition: Precondition, about: Target, workspace: Workspace) -> str:
    content, branch = about.content, about.branch
    if precondition in _OF_ONE_ROW and about.folded is not Part.ITSELF:
        return texts.FOLDED_ROW
    draft = content.draft(branch)
    match precondition:
        case Precondition.PIECE:
            return ""
        case Precondition.HAS_VERSIONS:
            return "" if content.versions else _WHY[precondition]
        case Precondition.IDLE:
            return _why_not_editable(content, branch, workspace)
        case Precondition.IDLE_DRAFT if draft is not None:
            return _why_not_editable(content, branch, workspace)
        case Precondition.ANSWER:
            is_fit = about.version is not None or bool(about.turn and about.turn.turn.reply)
        case Precondition.FAILED_TURN:
            turns = content.branch(branch).turns
            is_fit = bool(turns) and turns[-1].state in RETRIED
            is_fit = is_fit or last_over(content, branch) is not None
        case Precondition.LINKS:
            is_fit = about.turn is not None and bool(links_in(about.turn.turn.reply))
        case _:
            is_fit = {
                Precondition.TURN: about.turn is not None,
                Precondition.DRAFT: draft is not None,
                Precondition.OTHER_BRANCH: branch != content.main,
                Precondition.REOPENABLE: content.status in REOPENED,
                Precondition.QUEUE: bool(queue_on(workspace, branch).prompts),
            }.get(precondition, False)
    return "" if is_fit else _WHY[precondition]


def _why_not_editable(content: Content, branch: BranchId, workspace: Workspace) -> str:
    if branch in workspace.writing:
        return _WHY[Precondition.IDLE]
    if content.status is Status.ARCHIVED:
        return "This piece is in the archive. Press {archive} to take it out first."
    if content.branch(branch).is_archived:
        return texts.ON_ARCHIVED_BRANCH
    return ""
