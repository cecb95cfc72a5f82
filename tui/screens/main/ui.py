"""What a command is to the screen, and the holder of the workspace that commands change."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, Generic, TypeVar

from tui.domain.frozen import frozen
from tui.domain.place import Place
from tui.screens.main.workspace import Workspace

Answer = TypeVar("Answer")
Work = Coroutine[Any, Any, object]
"""Something that takes a while; its result is not used."""
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

    def put_place(self, place: Place) -> None:
        """Take over the next place of the writer; nothing changes when it is the same one."""
        if place is not self.now.place:
            self.put(replace(self.now, place=place))
