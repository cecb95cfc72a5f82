"""The sentences of the main screen, in one place so that they can be read in one go.

`{command_id}` stands for the key of a command; `Keymap.fill` puts it in. `<name>` stands for text
that may come from others; `quoted` puts it in, after the keys and never before.
"""

import re
from typing import Final

from tui.widgets.text import middle_cut

LONGEST_NAME: Final = 48
"""Cells of a title, a name or a label in a sentence: a notice covers what is behind it."""
_NAMES: Final = frozenset({"title", "name", "old", "other", "label"})


def quoted(text: str, **values: str) -> str:
    """Return a text with each `<name>` replaced by its value; long names are cut in the middle."""

    def value(found: re.Match[str]) -> str:
        given = values[found[1]]
        return middle_cut(given, LONGEST_NAME) if found[1] in _NAMES else given

    return re.sub(r"<([a-z]+)>", value, text)


TOO_SMALL: Final = "Redraft needs a little more room: at least 40 columns and 12 lines."
EMPTY_LIBRARY: Final = "Nothing here yet. Press {new} to start your first piece."
SEARCH: Final = "Words, #tag, status:…"

# The frame of the prompt: what the next prompt does, and what is going on.
GENERATE: Final = "Generate · tell Claude what to write"
REVISE: Final = "Revise · tell Claude what to change"
ASK: Final = "Ask · makes no new version"
STOPPING: Final = "Stopping…"
WRITING: Final = "Claude is writing · {stop} stops · {prompt.send} queues"
WRITING_ASK: Final = "Claude is writing · {stop} stops · {prompt.send} queues a question"
PLACEHOLDER_HERE: Final = "Type here · {prompt.send} sends"
PLACEHOLDER_QUEUES: Final = "Type here · {prompt.send} queues"
PLACEHOLDER_AWAY: Final = "Press {revise} to write here"
HELD_FROM_HERE: Final = " · {previous_pane} for held ones"
HELD_FROM_AWAY: Final = ", {queue} for held prompts"
PLACEHOLDER_CLOSED: Final = "Press {new} to start a piece"

KEY_OF_OTHER_PANE: Final = "<key> is <what>. {next_pane} goes from pane to pane."

# Searching.
HIT: Final = "Hit <place> of <count>: <where>."
HIT_IN_PIECE: Final = "Hit <place> of <count>: <title> · <where>."

# Sending.
NO_PIECE_OPEN: Final = "No piece is open. Press {new} to start one."
BEHIND_HELD: Final = (
    "Queued behind held prompts. {previous_pane} goes to them, {queue.choose} sends one."
)
PASTED: Final = "Pasted into the prompt. Not sent."
KEYS_WAIT: Final = "What you type waits until this is done. {stop} puts it into the prompt instead."
KEYS_WAIT_ONLY: Final = "What you type waits until this is done."
KEYS_WAIT_FOR_LIBRARY: Final = "What you type waits until the library is read."
KEYS_STILL_WAIT: Final = (
    "What you type still waits: no piece is open, so there is no prompt for it."
)
NOTHING_TO_LIMIT: Final = "There is no draft here yet. Press {revise} to let Claude write one."
RETRY_WITHIN: Final = "Ask again within the limits, starting from v<number>? That is one more turn."
RETRY: Final = "Ask the last prompt again? That is one more turn."
RETRY_PASSAGE: Final = "Ask again about the same passage? That is one more turn."
RETRY_MARKED: Final = (
    "The last prompt was about a passage of v<number>, which is not the draft any more. "
    "Press {edit}, then {editor.passage} on the passage."
)
NOT_COPIED: Final = "Nothing is copied here. To paste from elsewhere, use your terminal's own key."
NOT_HERE: Final = "This prompt is no longer in the queue."
ANSWERED: Final = "Claude has answered."
ELSEWHERE: Final = "<title> · <name>: <what>"
KEPT_UNTIL_SAVED: Final = "The answer is kept and saved as soon as possible."

# Drafts.
EDIT_IS_BACK: Final = "Your unsaved edit is back."
EDIT_DISCARDED: Final = "The edit is discarded. Press {undo} to have it back."
EDIT_TAKEN_BACK: Final = "Your edit of “<title>” is back, not yet saved. Press {edit} to go on."
EDIT_KEPT: Final = "Your edit is kept and saved as soon as possible."
NO_EDITOR: Final = "No editor is set. Put its name into EDITOR, or press {edit}."
EDITOR_CODE: Final = "The editor ended with code <code>. The draft stays as it was."
EDITOR_WROTE: Final = "The editor ended with code <code>, but it changed the text. Save it?"
SAME_AS_NEWER: Final = "Your edit changes nothing in <version>, saved meanwhile."
EDIT_ASIDE: Final = "The text is kept aside. {edit} opens it."
MARKED: Final = "Marked: <names>. Press {compare} to compare."
NO_MARKS: Final = "No branch is marked."
MARKED_ENOUGH: Final = "Four branches are marked already. Press the same key on one to unmark it."
NO_DRAFT_TO_COMPARE: Final = "“<name>” has no draft to compare yet."
NOTHING_TO_COMPARE: Final = (
    "There is only one draft here. Press {fork} to try another, then {compare} to compare."
)
SAME_DRAFT: Final = (
    "“<name>” still has the draft of “<other>”. Press {revise} there to let Claude change it."
)
VERSION_LABELLED: Final = "v<number> is labelled “<label>”. Press {undo} to undo."
VERSION_UNLABELLED: Final = "v<number> has no label now. Press {undo} to undo."
CLAUDE_TOLD: Final = "The next prompt tells Claude."

# Pieces.
DELETE: Final = "Move “<title>” with its branches and versions to the trash?"
IN_TRASH: Final = "“<title>” is in the trash. Press {undo} to bring it back."
ARCHIVED: Final = "“<title>” is in the archive. Press {archive} to take it out, {undo} to undo."
UNARCHIVED: Final = "“<title>” is out of the archive, <status> again. Press {undo} to undo."
NO_SESSIONS: Final = "No session of Claude Code is left to import."
LATER: Final = "Saved. Takes effect with the next turn."
SAVED: Final = "Saved."

# Undo.
UNDONE: Final = "Press {redo} to do it again."
REDONE: Final = "Press {undo} to undo."

# Room.
NO_WIDTH: Final = "Only the list and the branches can be resized. Go to one of them first."
NO_ROOM: Final = "There is no room beside this pane: it has the whole screen."
USUAL_SIZES: Final = "The panes have their usual widths again."

# Branches, names and labels.
FOLDED_ROW: Final = "This row stands for several. Press {tree.toggle} to unfold it first."
INNER_TURN: Final = (
    "Turn <number> of “<name>” has others after it. What would you like to do with it?"
)
FORKING: Final = "Making the branch… Keys wait; {stop} goes on without it."
FORKING_ON: Final = "The branch is made in the background. What you typed waits in its prompt."
FORKED_LATER: Final = "Branch “<name>” is there. Press {branches} to find it."
WAS_ABOUT_PASSAGE: Final = (
    "That prompt was about a passage. Sent from here, it is about the whole text."
)
FORKED: Final = "Branch “<name>” is open. Say what to try."
BRANCH_RENAMED: Final = "The branch “<old>” is called “<name>” now. Press {undo} to undo."
TAGGED: Final = "“<title>” has <tags> now. Press {undo} to undo."
PIECE_RENAMED: Final = "The title is “<title>” now. Press {undo} to undo."
LABELLED: Final = "Turn <number> is labelled “<label>” now. Press {undo} to undo."
UNLABELLED: Final = "Turn <number> has no label now. Press {undo} to undo."
BRANCH_ARCHIVED: Final = "Branch “<name>” is in the archive. Press {undo} to undo."
BRANCH_RESTORED: Final = "Branch “<name>” is out of the archive. Press {undo} to undo."
BRANCH_QUEUED: Final = (
    "Prompts are queued on branch “<name>”: send or remove them first, with {queue}."
)
BRANCH_IN_ARCHIVE: Final = (
    "Branch “<name>” is archived. Press {tree.archive} in the tree to bring it back, or {fork} to "
    "go on from it on a branch of its own."
)
ON_ARCHIVED_BRANCH: Final = (
    "This branch is archived. Press {tree.archive} in the tree to bring it back, or {fork} to go "
    "on from it on a branch of its own."
)
BEST_DONE: Final = "Best of <count> of “<title>” is written. Press {best} there to pick one."
BEST_ARCHIVED: Final = (
    "Branch “<name>” is open; the others are in the archive. Press {undo} to bring them back, one "
    "by one."
)
NOW_MAIN: Final = "“<name>” is the main branch now. Press {undo} to undo."

# Colours.
DARK_NOW: Final = "Dark colours. Press {theme} for light ones."
LIGHT_NOW: Final = "Light colours. Press {theme} for dark ones."

# Setup.
NO_LOGIN_COMMAND: Final = "There is no program to log in with: install Redraft again."

# The library's disk.
DISK: Final = "The disk failed (<why>): check the library's disk, then try again."
LIBRARY_GONE: Final = "<problem> What you type and what Claude writes is kept until it is back."
LIBRARY_BACK: Final = "The library is back. What was kept is being saved."
PIECES: Final = "Contents"
PIECES_GONE: Final = "Not readable since <time>"
