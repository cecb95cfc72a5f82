"""The commands of best of N: its form, and the columns in which it is written."""

from typing import Final

from tui.commands.command import Command, Scope

_FORM, _COLUMNS = Scope.BEST_FORM, Scope.BEST

IN_BEST_OF: Final[tuple[Command, ...]] = (
    Command("best_form.start", "ctrl+s", "Start", "Have all of them written", _FORM, action="start"),
    Command("best_form.next_angle", "alt+down", "Another angle",
            "Ask one of them in another way, or raise how many there are", _FORM, action="turn(1)"),
    Command("best_form.previous_angle", "alt+up", "Previous angle",
            "Ask one of them in the way before, or lower how many there are", _FORM, action="turn(-1)"),
    Command("best_form.leave", "escape", "Close", "Close; what is typed is kept", _FORM, action="leave"),
    Command("best.right", "tab,l,right", "Next", "The text to the right", _COLUMNS, action="across(1)"),
    Command("best.left", "shift+tab,h,left", "Previous", "The text to the left", _COLUMNS, action="across(-1)"),
    Command("best.pick", "enter", "Pick", "Pick the text, and see which one it was", _COLUMNS, action="pick"),
    Command("best.stop", "s", "Stop this one", "Stop the one under the cursor", _COLUMNS, action="stop_one", short="Stop"),
    Command("best.stop_all", "S", "Stop all", "Stop all that is still written", _COLUMNS, action="stop_all"),
    Command("best.answer", "ctrl+g", "Answer", "Answer Claude's question", _COLUMNS, action="answer"),
    Command("best.leave", "escape,q,B", "Back", "Leave; asks while something is still written", _COLUMNS, action="leave"),
)  # fmt: skip
