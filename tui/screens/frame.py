"""The parts that screens share: dialogs, full screens, lines of keys, headings, problems."""

import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol, Self, runtime_checkable

from rich.cells import cell_len
from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tui.commands import help_binding, keymap_of
from tui.domain.frozen import frozen
from tui.widgets.key_hold import KeyHold
from tui.widgets.text import fitting, one_line, visible
from tui.widgets.typeahead import TypeAheadApp

_STYLES: Final = Path(__file__).parent
WIDTHS: Final = [(0, "-narrow"), (80, "-medium"), (120, "-wide")]
HEIGHTS: Final = [(0, "-short"), (20, "-medium-high"), (32, "-high")]
COUNTS_AFTER: Final = 0.4
"""Seconds after the first frame in which keys and clicks are ignored: they were meant for what was
on the screen before."""
_GAP: Final = 3
_SMALL_GAP: Final = 2
"""Cells between two hints where that many let them fit on one row."""


@frozen
class Hint:
    """One key and what it does; a click on it does the same."""

    key: str
    label: str
    action: str
    """Textual action, looked up on the screen; our own words only."""
    short: str = ""
    """A shorter label, for hints that do not fit on one row."""

    @property
    def cells(self) -> int:
        """Width on the screen."""
        return cell_len(self.key) + 1 + cell_len(self.label)


class HintLine(Widget):
    """The line of keys at the foot of a screen; it takes as many rows as it needs."""

    def __init__(self, hints: Iterable[Hint], more: Iterable[Hint] = ()) -> None:
        """Show the hints in this order, and as many of `more` as fit on one row with them."""
        super().__init__(classes="hints")
        self._hints, self._more = tuple(hints), tuple(more)

    def show(self, hints: Iterable[Hint], more: Iterable[Hint] = ()) -> None:
        """Replace the hints."""
        self._hints, self._more = tuple(hints), tuple(more)
        self.refresh(layout=True)

    def _placed(self, width: int) -> "list[_Place]":
        shown = self._hints
        for hint in self._more:
            if _width((*shown, hint), _GAP) > width:
                break
            shown = (*shown, hint)
        return _placed(shown, width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return the rows that the hints take at this width."""
        return 1 + max((place.row for place in self._placed(width)), default=0)

    def render(self) -> Content:
        """Draw the rows: keys strong, labels quiet."""
        content, row, column = Content(), 0, 0
        for place in self._placed(self.content_size.width):
            if place.row > row:
                content, row, column = content + "\n", place.row, 0
            hint = place.hint
            content += Content.assemble(
                " " * (place.column - column),
                (hint.key, "bold $text-accent"),
                f" {hint.label}",
            )
            column = place.column + hint.cells
        return content

    async def on_click(self, event: Click) -> None:
        """Do what the hint under the mouse says."""
        at = event.get_content_offset(self)
        for place in self._placed(self.content_size.width):
            cells = range(place.column, place.column + place.hint.cells)
            is_hit = at is not None and at.y == place.row and at.x in cells
            if is_hit and place.hint.action:
                event.stop()
                await self.run_action(place.hint.action)


def keys_on(screen: Screen[Any]) -> dict[str, list[str]]:
    """Return the commands of a screen and of what has the focus there: their keys by their ids.

    Left out are keys that do something else there: those of another command. A key that a field or
    a list also has, such as enter, is no less the screen's.
    """
    active = {key: one.binding.id for key, one in screen.active_bindings.items()}
    bound = {*active.values(), *(one.id for one in screen.BINDINGS if isinstance(one, Binding))}
    return {
        command.id: [
            key for key in command.keys.split(",") if active.get(key) in (None, command.id)
        ]
        for command in keymap_of(screen.app).commands
        if command.id in bound
    }


def command_hint(screen: Screen[Any], command_id: str, label: str = "") -> Hint:
    """Return the hint of a command: its key as it is now, its label unless another one is given."""
    keymap = keymap_of(screen.app)
    command = keymap[command_id]
    action = command.textual_action
    if command.action and not command.action.startswith("app."):
        action = f"screen.{command.action}"
    short = "" if label else command.short
    return Hint(keymap.key(command_id), label or command.label, action, short)


class FirstMoment:
    """The time after the first frame in which keys cannot be meant for what is on the screen."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Take the clock, in seconds."""
        self._now = now
        self._began: float | None = None

    def begin(self) -> None:
        """Count from now on: the screen is in view."""
        self._began = self._now()

    @property
    def is_over(self) -> bool:
        """Whether a key pressed now can be meant for this screen."""
        return self._began is not None and self._now() - self._began >= COUNTS_AFTER


@frozen
class _Place:
    hint: Hint
    row: int
    column: int


def _placed(hints: Sequence[Hint], width: int) -> list[_Place]:
    """Place hints in rows of `width` cells; no hint is broken over two rows."""
    if _width(hints, _SMALL_GAP) > width:
        hints = [replace(hint, label=hint.short or hint.label) for hint in hints]
    is_tight = _width(hints, _SMALL_GAP) <= width < _width(hints, _GAP)
    gap = _SMALL_GAP if is_tight else _GAP
    places: list[_Place] = []
    row = column = 0
    for hint in hints:
        if column and column + hint.cells > width:
            row, column = row + 1, 0
        places.append(_Place(hint, row, column))
        column += hint.cells + gap
    return places


def _width(hints: Sequence[Hint], gap: int) -> int:
    return sum(hint.cells for hint in hints) + gap * (len(hints) - 1)


class Heading(Widget):
    """One row: an untrusted title on the left, cut to fit, and facts on the right."""

    title: reactive[str] = reactive("")
    facts: reactive[str] = reactive("")

    def __init__(
        self,
        title: str,
        facts: str = "",
        *,
        cut: Callable[[str, int], str] = one_line,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Show `title`, made as short as needed by `cut`, and as far as there is room `facts`."""
        super().__init__(id=id, classes="heading")
        self._cut = cut
        self.set_reactive(Heading.title, title)
        self.set_reactive(Heading.facts, facts)
        self._all_facts: tuple[str, ...] = ()

    def show_facts(self, facts: Iterable[str]) -> None:
        """Show the first of some facts, as many as fit without one being cut."""
        self._all_facts = tuple(facts)
        self.facts = self._fitting()

    def on_resize(self) -> None:
        """Show as many facts as there is room for now."""
        if self._all_facts:
            self.facts = self._fitting()

    def _fitting(self) -> str:
        return fitting(self._all_facts, self._room, " · ")

    @property
    def _room(self) -> int:
        """Cells for the facts; where both do not fit, the title keeps two fifths."""
        width = self.content_size.width
        kept = min(cell_len(one_line(self.title, width)), width * 2 // 5)
        return width - kept - 2

    def render(self) -> Content:
        """Draw the row."""
        width = self.content_size.width
        facts = one_line(self.facts, self._room)
        title = self._cut(self.title, width - cell_len(facts) - 2)
        gap = " " * max(0, width - cell_len(title) - cell_len(facts))
        return Content.assemble((title, "bold"), gap, (facts, "$quiet"))


class DimmedScreen(BackgroundScreen):
    """The screen behind a dialog, dimmed; each style is worked out once.

    Textual dims the style of every segment apart, though a screen has only some twenty styles: that
    was a sixth of the cost of opening a dialog.
    """

    @classmethod
    def process_segments(cls, segments: Iterable[Segment], color: Color) -> Iterable[Segment]:
        """Dim segments, and take their links away."""
        for segment in segments:
            text, style, control = segment
            yield segment if control else Segment(text, _dimmed(style, color))


@lru_cache(1024)
def _dimmed(style: Style | None, color: Color) -> Style | None:
    (segment,) = BackgroundScreen.process_segments((Segment(" ", style),), color)
    return segment.style


def take_size(screen: Screen[Any]) -> None:
    """Give a screen the classes for the size of the terminal, which Textual does after a layout."""
    size = screen.app.size
    for steps, cells in (
        (screen.HORIZONTAL_BREAKPOINTS, size.width),
        (screen.VERTICAL_BREAKPOINTS, size.height),
    ):
        screen.add_class(max(step for step in steps or () if step[0] <= cells)[1])


def stay_styled(screen: Screen[Any], event: events.ScreenResume) -> None:
    """Keep Textual from styling a screen once more when it is shown for the first time."""
    if not screen.stack_updates:
        event.refresh_styles = False


class StyledOnce(Screen[ScreenResultType]):
    """A screen that is styled once when it comes.

    Textual styles all that is on a new screen three times: when it is put there, when the screen is
    shown, and when it gets the classes for its size, after a first layout.
    """

    BINDINGS: ClassVar[list[BindingType]] = help_binding()
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def on_compose(self) -> None:
        """Take the classes for the size of the terminal before anything is put on the screen."""
        take_size(self)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Do not style the screen again when it is shown for the first time."""
        stay_styled(self, event)


class Dialog(ModalScreen[ScreenResultType], StyledOnce[ScreenResultType]):
    """A framed box in the middle of the screen: a title, a body that scrolls, a line of keys."""

    CSS_PATH: ClassVar = [_STYLES / "dialogs.tcss", _STYLES / "access.tcss"]
    AUTO_FOCUS = "Input"
    TITLE_WIDTH: ClassVar[int] = 64
    SCROLLS_BY_KEY: ClassVar[bool] = False
    """Whether the box can take the focus, while there is no field in it.

    A dialog that begins without a field names ".dialog" in `AUTO_FOCUS` too.
    """

    def __init__(self, heading: str) -> None:
        """Keep the heading; it may be untrusted text."""
        super().__init__()
        self._heading = heading
        self.is_performing = False
        """Whether `perform` is under way."""
        self._hold: KeyHold | None = None
        """What keeps the keys waiting meanwhile."""

    def compose(self) -> ComposeResult:
        """Compose the frame with its title, the body and the line of keys."""
        box = VerticalScroll(classes="dialog", can_focus=self.SCROLLS_BY_KEY)
        box.border_title = Content(one_line(self._heading, self.TITLE_WIDTH) or " ")
        with box:
            yield from self.body()
            yield HintLine(self.hints())

    def render(self) -> RenderableType:
        """Draw the ground: the screen behind, dimmed."""
        ground = super().render()
        if isinstance(ground, BackgroundScreen):
            return DimmedScreen(ground.screen, ground.color)
        return ground

    def body(self) -> ComposeResult:
        """Compose the body of the dialog."""
        yield from ()

    HINTS: ClassVar[tuple[str, ...]] = ()
    """Ids of the commands in the line of keys."""

    def hints(self) -> Iterable[Hint]:
        """Return the keys of the dialog."""
        return tuple(command_hint(self, name) for name in self.HINTS)

    def perform(self, do: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do the work of the dialog in a worker, unless it is under way.

        Keys wait for its end, but for the answers to what it asks on another screen.
        """
        if self.is_performing:
            return
        self.is_performing = True
        self._hold_keys()

        async def run() -> None:
            try:
                await do()
            finally:
                self.is_performing = False
                self._release_keys()

        self.run_worker(run(), exit_on_error=False)

    @on(events.ScreenResume)
    def _hold_keys(self) -> None:
        if self.is_performing and isinstance(self.app, TypeAheadApp):
            self._hold = self.app.hold_keys()

    @on(events.ScreenSuspend)
    def _release_keys(self) -> None:
        if self._hold is not None:
            self._hold.release()
            self._hold = None

    @on(events.DescendantFocus)
    def _label_focused_field(self, event: events.DescendantFocus) -> None:
        """Scroll the label of the field that got the focus into view; Textual scrolls the field."""
        beside = [] if event.widget.parent is None else event.widget.parent.children
        before = next((one for one, then in pairwise(beside) if then is event.widget), None)
        if before is not None and before.has_class("label"):
            self.call_after_refresh(before.scroll_visible, animate=False)

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed_on(self) -> None:
        """Take the problem away, which was one of what was typed before."""
        for problem in self.query(Problem):
            problem.show("")

    def show_problem(self, problem: str) -> None:
        """Show a sentence in the dialog's `Problem`, or take it away when it is empty."""
        self.query_one(Problem).show(problem)


class FullScreen(StyledOnce[ScreenResultType]):
    """A screen of its own: headings above, a text, keys below."""

    CSS_PATH: ClassVar = [_STYLES / "screens.tcss"]

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Do not draw again for a change on the screen behind, which is not seen.

        Textual draws the whole screen for every such change, also for one that a key typed here
        makes there.
        """
        if regions and not layout and not recompose:
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


@runtime_checkable
class KeepsText(Protocol):
    """A screen in which something is typed that is to be kept when one leaves the program."""

    def keep_text(self) -> None:
        """Hand over what is typed."""
        ...


@runtime_checkable
class AsksBeforeLeaving(Protocol):
    """A screen whose changes cannot be kept aside when one leaves the program."""

    def ask_and_quit(self) -> object:
        """Leave the program; what was changed is asked about first."""
        ...


class Problem(Static):
    """A sentence about what cannot be done; takes no room while there is none."""

    def __init__(self, *, keeps_room: bool = False) -> None:
        """Begin without a problem; with `keeps_room` there is a row for one from the beginning."""
        super().__init__("", markup=False, classes="problem")
        self._keeps_room = keeps_room
        self.display = keeps_room

    def show(self, problem: str) -> None:
        """Show `problem`, which may quote untrusted text; nothing when it is empty."""
        self.update(Content(visible(problem)))
        self.display = self._keeps_room or bool(problem)
        if problem:
            self.call_after_refresh(self.scroll_visible, animate=False)
