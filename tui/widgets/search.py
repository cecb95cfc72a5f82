"""The field over the list of pieces in which the writer types what to look for."""

from textual.message import Message
from textual.widgets import Input

from tui.commands import Scope, bindings


class SearchBox(Input):
    """A line of text; it is left for the pieces that were found."""

    BINDINGS = bindings(Scope.SEARCH)

    class Done(Message):
        """The writer goes on to what was found."""

    def action_to_list(self) -> None:
        """Go on to the pieces that were found."""
        self.post_message(self.Done())

    async def action_submit(self) -> None:
        """The same, by Textual's own key."""
        self.action_to_list()
