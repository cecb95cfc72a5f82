"""What is written to the terminal: no more than is needed, and always what Textual would show."""

import random
from collections.abc import Awaitable, Callable
from itertools import count

import pyte
import pytest
from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widgets import Static, TextArea

from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate  # isort: skip
from tests.support.frames import _draw
from tui.widgets import lean_compositor
from tui.widgets.chat import ChatItem, ChatPane, Role
from tui.widgets.lean_compositor import LeanCompositor, LeanScreen
from tui.widgets.lean_writing import LeanWritingApp, TerminalRows

TEXTS = (
    "Some *words* of **prose** and `code`, and then some more of them.\n\n",
    "- 「引用」と漢字 wide\n- e\u0301\u0323 marks and 👩 one\n\n",
    "```python\ndef f(x): return 'x'  # y\n```\n\n",
    "| a | b |\n|---|---|\n| 1 | 漢 |\n\n",
    "# A heading\n\n",
)


class Drawing(LeanCompositor):
    """The compositor, which the tests otherwise keep from drawing what nobody looks at."""

    render_update = _draw


class Desk(LeanScreen[None]):
    """A screen whose frames are all drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = Drawing()


class Question(ModalScreen[None]):
    """Something that lies over the rest."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = Drawing()

    CSS = "Question { align: center middle; } Static { width: 30; height: 5; border: round red; }"

    def compose(self) -> ComposeResult:
        yield Static("Do you? 漢字", markup=False)


class Small(LeanWritingApp):
    """A conversation above a field; every update of the screen goes to two terminals."""

    CSS = "ChatPane { height: 1fr; border: none; } TextArea { height: 4; }"

    def __init__(self) -> None:
        super().__init__()
        self.told, self.wanted = pyte.Screen(80, 24), pyte.Screen(80, 24)
        self.lean = self.plain = 0
        self.drawn = (0, 0)
        """Columns and lines of the last whole frame."""
        self.late: LayoutUpdate | None = None
        """A frame that comes between a change of size and the frame of that size."""

    def get_default_screen(self) -> Screen[None]:
        return Desk()

    def compose(self) -> ComposeResult:
        yield ChatPane()
        yield TextArea("")

    @property
    def pane(self) -> ChatPane:
        return self.screen_stack[0].query_one(ChatPane)

    def spoilt(self, columns: int, lines: int) -> None:
        """Give both terminals another size, after which nothing on them can be relied on."""
        for terminal in (self.told, self.wanted):
            terminal.resize(lines, columns)
            stream = pyte.Stream(terminal)
            stream.feed("".join(f"\x1b[0m\x1b[{y + 1};1H{'#' * columns}" for y in range(lines)))

    async def on_event(self, event: events.Event) -> None:
        await super().on_event(event)
        if isinstance(event, events.Resize) and self.late is not None:
            self._display(self.screen, self.late)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, ChopsUpdate | LayoutUpdate):
            wanted = renderable.render_segments(self.console)
            lean = self._terminal_rows.updated(renderable, self.console)
            # What Textual writes ends a row with a line feed, which a terminal takes as one.
            pyte.Stream(self.wanted).feed(wanted)
            pyte.Stream(self.told).feed(lean)
            self.lean += len(lean)
            self.plain += len(wanted)
            if isinstance(renderable, LayoutUpdate):
                self.drawn = (renderable.region.width, renderable.region.height)
        super()._display(screen, renderable)


def cells(terminal: pyte.Screen) -> list[list[pyte.screens.Char]]:
    """Return what is seen: of a cell with nothing in it, not the colour of its text."""
    return [
        [
            cell._replace(fg="") if cell.data == " " and not cell.underscore else cell
            for cell in (terminal.buffer[y][x] for x in range(terminal.columns))
        ]
        for y in range(terminal.lines)
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_the_terminal_shows_what_textual_would_have_written(seed: int) -> None:
    rng = random.Random(seed)
    app, body = Small(), ""
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(60):
            match rng.randint(0, 9):
                case 0 | 1 | 2 | 3:
                    added = rng.choice(TEXTS) * rng.randint(1, 3)
                    body += added[: rng.randint(1, len(added))]
                    item = ChatItem("c", 1, Role.CLAUDE, "Claude", body, is_open=True)
                    app.pane.update_from(1, [item])
                    app.pane._flush()
                case 4 | 5:
                    await pilot.press(rng.choice("abc 漢"))
                case 6:
                    app.pane.scroll_to(y=rng.randint(0, app.pane.max_scroll_y), animate=False)
                case 7:
                    app.pane.action_go_end()
                case 8 if len(app.screen_stack) == 1:
                    app.push_screen(Question())
                case 8:
                    app.pop_screen()
                case _:
                    await resized(pilot, app, rng.randint(40, 90), rng.randint(12, 30))
            assert cells(app.told) == cells(app.wanted)
        assert app.lean < app.plain / 2


async def resized(pilot: Pilot[None], app: Small, columns: int, lines: int) -> None:
    """Give the terminals another size, and wait for the frame of that size."""
    app.spoilt(columns, lines)
    await pilot.resize_terminal(columns, lines)
    app.screen.refresh()
    await until(pilot, lambda: app.drawn == (columns, lines))


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        await pilot.pause(0.01)
    pytest.fail("never became true")


async def test_a_late_frame_of_the_size_before_leaves_nothing_behind() -> None:
    app = Small()
    async with app.run_test(size=(80, 24)) as pilot:
        text = "\n\n".join(f"row {number}" for number in range(60))
        app.pane.show([ChatItem("c", 1, Role.CLAUDE, "Claude", text)])
        app.query_one(TextArea).display = False
        app.pane.scroll_to(y=0, animate=False)
        await until(pilot, lambda: "row 11" in app.told.display[23])
        late = app.screen._compositor.render_update(full=True)
        assert isinstance(late, LayoutUpdate)
        app.spoilt(80, 12)
        # Its rows below the twelfth overwrite the last row of the terminal.
        app.late = late
        await pilot.resize_terminal(80, 12)
        await until(pilot, lambda: app.drawn == (80, 12))
        assert cells(app.told) == cells(app.wanted)


async def written_over(app: Small) -> None:
    app._display(app.screen, Text("Something else"))


async def suspended(app: Small) -> None:
    app.app_resume_signal.publish(app)


async def resized_and_back(app: Small) -> None:
    size = app.size
    await app.on_event(events.Resize(size, size, size))


@pytest.mark.parametrize("happens", [written_over, suspended, resized_and_back])
async def test_all_is_written_again_after(happens: Callable[[Small], Awaitable[None]]) -> None:
    app = Small()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show([ChatItem("c", 1, Role.CLAUDE, "Claude", "Some words.")])
        await until(pilot, lambda: any("Some words." in line for line in app.told.display))
        written = app.lean
        app.screen.refresh()
        await pilot.pause()
        assert app.lean < written + 100
        await happens(app)
        app.screen.refresh()
        await until(pilot, lambda: app.lean > written + 1000)


def test_what_is_right_of_wide_characters_is_written_with_them() -> None:
    # A terminal may take them for more or fewer cells than Textual does.
    rows, right = TerminalRows(), Strip([Segment("right")])
    console, region = Console(), Region(0, 0, 9, 1)
    rows.updated(LayoutUpdate([[Strip([Segment("漢字")]), right]], region), console)
    again = rows.updated(LayoutUpdate([[Strip([Segment("漢子")]), right]], region), console)
    assert "right" in again
    again = rows.updated(LayoutUpdate([[Strip([Segment("abcd")]), right]], region), console)
    assert "right" in again
    again = rows.updated(LayoutUpdate([[Strip([Segment("abcx")]), right]], region), console)
    assert "right" not in again


async def test_text_that_grows_writes_little_more_than_itself() -> None:
    app, body = Small(), "Some words. " * 20
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show([ChatItem("c", 1, Role.CLAUDE, "Claude", body, is_open=True)])
        await pilot.pause()
        before = app.lean
        item = ChatItem("c", 1, Role.CLAUDE, "Claude", f"{body}and more", is_open=True)
        app.pane.update_from(1, [item])
        await until(pilot, lambda: app.lean > before)
        await pilot.pause()
        assert len("and more") < app.lean - before < 60


async def test_a_row_that_was_scrolled_is_written_where_it_is_now() -> None:
    app = Small()
    async with app.run_test(size=(80, 24)) as pilot:
        text = "\n\n".join(f"row {number}" for number in range(60))
        app.pane.show([ChatItem("c", 1, Role.CLAUDE, "Claude", text)])
        await pilot.pause()
        seen = [app.pane.render_lines(app.pane.region.reset_offset)[y] for y in range(20)]
        app.pane.scroll_to(y=app.pane.scroll_y - 3, animate=False)
        await pilot.pause()
        moved = app.pane.render_lines(app.pane.region.reset_offset)
        # The same objects: nothing that was made of them is made again.
        assert all(now is then for now, then in zip(moved[3:20], seen, strict=False))
        assert any("row 5" in line for line in app.told.display)


def test_a_strip_without_cells_leaves_what_is_right_of_it_as_it_is() -> None:
    rows, console = TerminalRows(), App[None]().console
    for number, bar in enumerate((Strip([Segment("|")]), Strip([Segment("|")]))):
        row = [Strip([Segment("one")]), Strip([]), bar]
        update = LayoutUpdate([row], Region(0, 0, 4, 1))
        assert ("|" in rows.updated(update, console)) == (number == 0)


async def test_only_the_rows_that_are_drawn_again_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Small()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show([ChatItem("c", 1, Role.CLAUDE, "Claude", "Some words. " * 300)])
        await pilot.pause()
        await pilot.press("tab")
        asked: list[Region] = []
        render = app.pane.render_lines

        def counted(crop: Region) -> list[Strip]:
            asked.append(crop)
            return render(crop)

        monkeypatch.setattr(app.pane, "render_lines", counted)
        await pilot.press("x")
        await pilot.pause()
        assert app.query_one(TextArea).text == "x"
        assert asked == []
        lean = app.screen._compositor.render_strips()
        app.screen._compositor.__class__ = Compositor
        plain = app.screen._compositor.render_strips()
        assert [strip.text for strip in lean] == [strip.text for strip in plain]


class Dark(LeanScreen[None]):
    """A screen that is dark, and counts how often Textual asks it to draw."""

    def __init__(self) -> None:
        super().__init__(is_drawn_with_focus=True)
        self.asked = 0

    def compose(self) -> ComposeResult:
        yield Static("Some words.", markup=False)

    def _compositor_refresh(self) -> None:
        self.asked += 1
        super()._compositor_refresh()


async def test_a_dark_screen_is_asked_once_to_draw_what_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lean_compositor, "DRAWN_AFTER", 60.0)
    app = LeanWritingApp()
    async with app.run_test() as pilot:
        screen = Dark()
        await app.push_screen(screen)
        await until(pilot, lambda: screen.asked > 0)
        await pilot.pause()
        before = screen.asked
        screen.query_one(Static).update("Other words.", layout=False)
        await until(pilot, lambda: screen.asked > before)
        asked, looks = screen.asked, count(1)
        # Textual would ask 60 times a second: as often as this interval comes.
        seen = [0]
        screen.set_interval(1 / 60, lambda: seen.append(next(looks)))
        await until(pilot, lambda: seen[-1] >= 10)
        assert screen.asked == asked


async def test_what_did_not_reach_the_terminal_is_not_taken_for_written() -> None:
    app = LeanWritingApp()
    async with app.run_test() as pilot:  # Without a terminal.
        await app.push_screen(Question())
        await pilot.pause()
        frame = app.screen._compositor.render_update(full=True)
        assert isinstance(frame, LayoutUpdate)
        app._display(app.screen, frame)
        assert "Do you?" in app._terminal_rows.updated(frame, app.console)
