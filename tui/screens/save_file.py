"""The dialog that saves a version to a file, and where it goes out, marks it as published."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ItemGrid
from textual.events import DescendantFocus
from textual.widgets import Button, Input, Label

from tui.commands import Scope, bindings
from tui.domain.errors import RedraftError
from tui.domain.frozen import frozen
from tui.screens.frame import Dialog, Hint, HintLine, Problem, command_hint

COPY: Final = "Save a copy"
PUBLISH: Final = "Save and mark as published"


@frozen
class SavedFile:
    """What was done."""

    path: str
    """As it was typed."""
    is_published: bool


class SaveFileScreen(Dialog[SavedFile | None]):
    """Asks for a file and saves to it; returns what was done, None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.NAME),
        Binding("down", "app.focus_next", "Next", show=False, id="save.next"),
        Binding("up", "app.focus_previous", "Previous", show=False, id="save.previous"),
    ]

    def __init__(
        self,
        number: int,
        path: str,
        save: Callable[[SavedFile], Awaitable[None]],
        *,
        can_publish: bool,
    ) -> None:
        """Propose to save version `number` to `path`, and to publish it when that `can` be.

        `save` does it, or raises a `RedraftError` that is shown.
        """
        super().__init__(f"Save v{number} to a file")
        self._path = path
        self._save = save
        self._can_publish = can_publish

    def body(self) -> ComposeResult:
        """Compose the field, room for a problem, and the two ways, the harmless one first."""
        yield Label("File", classes="label")
        yield Input(self._path)
        yield Problem()
        if self._can_publish:
            with ItemGrid(min_column_width=32, stretch_height=False, classes="choices"):
                yield Button(COPY, id="copy")
                yield Button(PUBLISH, id="publish")

    def hints(self) -> Iterable[Hint]:
        """Return the keys, with what Enter does where the focus is."""
        label = PUBLISH if self._is_publishing else COPY
        yield command_hint(self, "name.accept", label if self._can_publish else "")
        yield command_hint(self, "name.leave")

    @property
    def _is_publishing(self) -> bool:
        """Whether the focus is on the way that publishes."""
        return self.focused is not None and self.focused.id == "publish"

    @on(DescendantFocus)
    def _focus_moved(self) -> None:
        self.query_one(HintLine).show(self.hints())

    @on(Input.Submitted)
    def action_accept(self) -> None:
        """Save as the focus says, or say why that cannot be; what was typed stays then."""
        self._begin(is_published=self._is_publishing)

    @on(Button.Pressed)
    def _way_chosen(self, event: Button.Pressed) -> None:
        self._begin(is_published=event.button.id == "publish")

    def _begin(self, *, is_published: bool) -> None:
        wanted = SavedFile(self.query_one(Input).value, is_published)
        self.perform(partial(self._saved, wanted))

    async def _saved(self, wanted: SavedFile) -> None:
        try:
            await self._save(wanted)
        except RedraftError as error:
            self.show_problem(str(error))
        else:
            self.dismiss(wanted)
