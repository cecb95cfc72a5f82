"""The rows of the editor are drawn once and sent once: what is on the terminal is what is so."""

import asyncio
import random
from collections.abc import Hashable, Sequence

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.geometry import Size
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static

from tests.support.frames import draw_every_frame
from tests.support.settling import A_LOOK, settled
from tests.ui.screens_host import Host, until
from tui.domain.readiness import Spot
from tui.screens.draft_area import DraftArea
from tui.screens.editor import EditorScreen
from tui.screens.kept_rows import KeptRows
from tui.screens.spot_line import SpotLine

TEXT = "\n".join(
    (
        "# A title of (some) words",
        "",
        "Words that **stand** for a `page` of [text](https://example.org), and *more* of it. " * 3,
        "",
        "- an item that goes on and on, further than one row of the page can hold it, and on",
        "  - a second one",
        "",
        "A\ttab, 漢字 and more in a line that is long enough to be cut into several rows.",
        "",
        "```",
        "code = [1, (2)]",
        "```",
        "> A quote of someone, somewhere, that is a little longer than the narrow page is wide.",
        *(f"Paragraph {number}.\n" for number in range(12)),
    )
)
LARGEST = (100, 40)
KEYS = (*"ab *`#(", "enter", "backspace", "delete", "left", "right", "up", "down", "home", "end")
KEYS += ("pageup", "pagedown", "shift+down", "shift+right", "shift+end", "ctrl+a", "tab")
KEYS += ("ctrl+z", "ctrl+y", "f9", "f10", "ctrl+l", "f7", "ctrl+home", "ctrl+end")


class Shown(Host):
    """Keeps what a terminal would show."""

    def __init__(self) -> None:
        super().__init__(lambda: EditorScreen("T", TEXT, words_before=None))
        self.console._color_system = ColorSystem.TRUECOLOR
        self.terminal = pyte.Screen(*LARGEST)
        self.updates = 0

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        update: object = renderable
        if isinstance(update, CompositorUpdate) and not self._batch_count:
            self.updates += 1
            pyte.Stream(self.terminal).feed(update.render_segments(self.console))
        super()._display(screen, renderable)


def cells(terminal: pyte.Screen, size: Size) -> list[list[object]]:
    """Return what a terminal shows in a window of that size."""
    return [[terminal.buffer[y][x] for x in range(size.width)] for y in range(size.height)]


def drawn_anew(app: App[None], area: DraftArea) -> pyte.Screen:
    """Return a terminal on which all was drawn and sent this moment; the app notices nothing."""
    kept, area._kept = area._kept, KeptRows()
    frame = area._frame
    area._styles_cache.clear()
    terminal = pyte.Screen(*LARGEST)
    update = app.screen._compositor.render_full_update()
    pyte.Stream(terminal).feed(update.render_segments(app.console))
    # A change of the frame is for the app to find: it has not drawn its own rows anew yet.
    area._kept, area._frame = kept, frame
    return terminal


async def change(pilot: Pilot[None], area: DraftArea, chance: random.Random) -> str:
    """Do something that changes what is shown; return what it was."""
    length = len(area.text)
    places = sorted(chance.randrange(length + 1) for _ in range(4))
    spans = [(places[0], places[1]), (places[2], places[3])]
    match chance.randrange(24):
        case 0:
            area.show_matches([span for span in spans if span[0] < span[1]])
            return f"matches {spans}"
        case 1:
            lines = [chance.randrange(1, area.document.line_count + 1) for _ in range(3)]
            area.show_spots([Spot("A sentence.", line, 0) for line in sorted(lines)])
            return f"spots {lines}"
        case 2:
            size = chance.choice((LARGEST, (60, 16), (80, 24)))
            await pilot.resize_terminal(*size)
            return f"size {size}"
        case 3:
            pilot.app.theme = chance.choice(("textual-dark", "textual-light", "nord"))
            return f"theme {pilot.app.theme}"
        case 4:
            area.scroll_relative(y=chance.choice((-5, 3)), animate=False)
            return "scroll"
        case 5:
            area._cursor_visible = not area._cursor_visible
            return "blink"
        case 6:
            area.select(*chance.choice(spans))
            return f"select {spans}"
        case 7:
            area.locked = ()
            return "unlock"
        case _:
            keys = [chance.choice(KEYS) for _ in range(chance.randrange(1, 4))]
            await pilot.press(*keys)
            return f"keys {keys}"


@pytest.mark.parametrize("seed", [1, 2])
async def test_after_any_change_the_terminal_shows_what_is_drawn_anew(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_every_frame(monkeypatch)
    chance = random.Random(seed)
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        area.blink_timer.stop()  # Paused, it would go on with the next key.
        did: list[str] = []
        for _ in range(40):
            did.append(await change(pilot, area, chance))
            await settled(app, A_LOOK)

            def shows_what_is_so() -> bool:
                return cells(app.terminal, app.size) == cells(drawn_anew(app, area), app.size)

            try:
                # What the app does by itself, as checking the text, may come in between.
                await until(pilot, shows_what_is_so, 3)
            except TimeoutError:
                pytest.fail(f"The terminal shows something else after {did[-3:]}.")


async def test_rows_are_drawn_anew_once_the_text_is_wrapped_at_another_width() -> None:
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        wide = [row.text for row in area.render_lines(area.outer_size.region)]
        area.wrapped_document.wrap(40)
        narrow = [row.text for row in area.render_lines(area.outer_size.region)]
        assert "Words that **stand** for a `page`" in wide[3]
        assert "[text]" in wide[3]
        assert "[text]" not in narrow[3]


async def test_a_change_between_asking_what_to_send_and_drawing_is_drawn() -> None:
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        with app.batch_update():  # Nothing is drawn meanwhile.
            area.render_lines(area.outer_size.region)
            area.refresh()
            assert not area._exchange_repaint_regions()
            await asyncio.sleep(0)
            area.insert("Something else. ", (0, 0))
            rows = [row.text for row in area.render_lines(area.outer_size.region)]
        assert "Something else." in rows[1]


async def test_what_changes_behind_the_editor_draws_nothing_and_is_there_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw_every_frame(monkeypatch)
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        app.screen.query_one(DraftArea)._pause_blink(visible=True)
        await until(pilot, lambda: not app.screen.query_one(SpotLine)._debouncer.is_waiting)
        await settled(app)
        before, behind = app.updates, app.screen_stack[0]
        behind.query_one(Static).update("Something else.")
        await until(pilot, lambda: not behind._compositor._dirty_regions)
        await until(pilot, lambda: not behind._dirty_widgets)
        await settled(app)
        assert app.updates == before
        await pilot.press("escape")
        await until(pilot, lambda: "Something else." in app.terminal.display[0])


looks = st.lists(st.integers(0, 3), min_size=3, max_size=3)


@given(st.lists(st.tuples(looks, st.booleans()), max_size=12))
def test_what_is_sent_is_what_differs_from_the_terminal(
    frames: list[tuple[list[int], bool]],
) -> None:
    rows, terminal = KeptRows(), [""] * 3

    def drawn(now: Sequence[Hashable]) -> list[str]:
        return [
            row.text
            for row in rows.rows(
                0, now, lambda at, n: [Strip.blank(int(str(look)) + 1) for look in now[at : at + n]]
            )
        ]

    for now, is_whole in frames:
        sent = range(3) if is_whole else rows.to_send(now)
        picture = drawn(now)
        for at in sent:
            terminal[at] = picture[at]
        assert terminal == [" " * (look + 1) for look in now]
