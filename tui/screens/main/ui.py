"""What the commands need of the screen, and the holder of the workspace that they change."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractContextManager
from typing import Any, Generic, Protocol, TypeVar

from textual.message import Message
from textual.screen import Screen

from tui.commands import Keymap
from tui.domain.frozen import frozen
from tui.screens.main.workspace import Pane, Workspace
from tui.widgets.chat.items import Role

Answer = TypeVar("Answer")
Work = Coroutine[Any, Any, object]
"""Something that takes a while; what it returns is for nobody."""
Handler = Callable[[], Work | None]
"""What a command does: at once (None), or in a worker of the screen."""
Handlers = Mapping[str, Handler]
"""What the commands do, by the command's id."""


@frozen
class Waited(Generic[Answer]):
    """Work that keys wait for, or waited for until the writer went on without it."""

    doing: "asyncio.Future[Answer]"
    typed: str | None = None
    """What was typed before the writer went on without the work; None when the work is done."""


class Ui(Protocol):
    """The screen as the commands see it."""

    @property
    def keymap(self) -> Keymap:
        """The keys of the commands, for sentences that name one."""
        ...

    def show_notice(self, text: str, *, is_problem: bool = False) -> None:
        """Show a notice; it may quote untrusted text."""
        ...

    async def open(self, screen: Screen[Answer]) -> Answer | None:
        """Show a screen and return its result; None when it was left without one."""
        ...

    async def wait_for(self, work: Coroutine[Any, Any, Answer], why: str) -> Waited[Answer]:
        """Do work after which another pane has the focus; keys wait, and a notice says `why`."""
        ...

    def focus(self, pane: Pane) -> None:
        """Give a pane the focus; one that has no room beside the others is called up first."""
        ...

    def is_called_up(self, pane: Pane) -> bool:
        """Whether a pane lies over others, or in place of them, until it is dismissed."""
        ...

    def show_turn(self, turn: int, roles: frozenset[Role] | None = None) -> None:
        """Bring a turn of the conversation into view; 0 is the end, followed from then on.

        With `roles` it is the first marked word in such items of the turn, which may be 0.
        """
        ...

    async def guarded(self, work: Work) -> None:
        """Do something; a refusal and an error of the disk become notices."""
        ...

    def start(self, work: Work, *, group: str = "background", holds_keys: bool = False) -> None:
        """Do something in the background; a refusal becomes a notice.

        With `holds_keys` keys wait until the work is done, as another pane has the focus then.
        """
        ...

    def emit(self, message: Message) -> None:
        """Post a message to the screen."""
        ...

    def suspended(self) -> AbstractContextManager[None]:
        """Give the terminal to another program for a while."""
        ...

    async def copy(self, text: str, what: str) -> None:
        """Copy a text to the clipboard and tell what was done; `what` names the text."""
        ...

    @property
    def seconds_at_rest(self) -> float:
        """Seconds since the last key."""
        ...


class WorkspaceState:
    """Holds the workspace and reports each next value to one listener, at once."""

    def __init__(self, changed: Callable[[Workspace], None]) -> None:
        self._workspace = Workspace()
        self._changed = changed

    @property
    def now(self) -> Workspace:
        """The workspace as it is."""
        return self._workspace

    def put(self, workspace: Workspace) -> None:
        """Take over the next value."""
        if workspace is not self._workspace:
            self._workspace = workspace
            self._changed(workspace)
