"""Every secondary screen at every size: nothing clipped, keys in sight, hostile text harmless."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from tests.support.fakes import CountedIds, MemoryStore, ScriptedAgent, ticking_clock
from tests.ui.passages import Page, Passages
from tests.ui.screens_host import HOSTILE, SIZES, Host, a_content, until
from tui.commands import Keymap
from tui.domain.change_limits import ChangeLimits
from tui.domain.events import TextStreamed
from tui.domain.passage import Span
from tui.domain.place import BegunPiece
from tui.domain.reply import Reply
from tui.domain.search import Hits, SearchQuery, found
from tui.screens.approve import ApproveScreen
from tui.screens.best_form import BestForm, BestFormScreen
from tui.screens.best_of import BestOfScreen
from tui.screens.compare import CompareScreen
from tui.screens.diff import DiffScreen
from tui.screens.editor import EditorScreen
from tui.screens.frame import HintLine
from tui.screens.help import HelpScreen
from tui.screens.limits import LimitsScreen
from tui.screens.name import NameScreen
from tui.screens.new_content import NewContentScreen
from tui.screens.passage import PassageScreen
from tui.screens.question import QuestionScreen
from tui.screens.search import SearchScreen
from tui.screens.versions import VersionsScreen
from tui.screens.welcome import WelcomeScreen
from tui.studio.best_of import MOST, Attempt, BestOf, EntryState, Plan
from tui.studio.studio import Studio

TEXT = f"# {HOSTILE}\n\n{HOSTILE} TODO " + "and a long line of words " * 40 + "\n" * 3
CONTENT = a_content(TEXT, TEXT.replace("long", "short"), title=HOSTILE, approved=1)


async def found_hostile(*_: object) -> Hits:
    """Find the hostile text, in every kind of passage."""
    return found([CONTENT], SearchQuery(("evil",)), None, 200)


ATTEMPTS = (Attempt(HOSTILE * 3, HOSTILE),) * MOST
PLAN = Plan(CONTENT.id, CONTENT.main, 1, HOSTILE, ATTEMPTS)


def best_form() -> BestFormScreen:
    """Return the form with all its lines."""
    form = BestForm(HOSTILE, ATTEMPTS)
    return BestFormScreen(HOSTILE, form, check=lambda *_: PLAN, estimate=lambda _: HOSTILE)


def best_of() -> BestOfScreen:
    """Return the columns with one that failed, the others stopped."""
    best = BestOf(Studio(MemoryStore(), ScriptedAgent(), ticking_clock(), CountedIds()), PLAN)
    best.stop_all()
    reply = Reply().apply(TextStreamed(f"{HOSTILE}\n<draft>\n{TEXT}\n</draft>\n"))
    best._change(1, state=EntryState.FAILED, failure=HOSTILE, reply=reply, name=HOSTILE)
    return BestOfScreen(best, HOSTILE)


SCREENS: dict[str, tuple[Callable[[], Screen[Any]], str]] = {
    "new": (lambda: NewContentScreen(BegunPiece(HOSTILE, HOSTILE, HOSTILE)), "ctrl+s"),
    "ask": (lambda: NameScreen(HOSTILE * 4, value=HOSTILE, placeholder=HOSTILE), "enter"),
    "limits": (
        lambda: LimitsScreen(TEXT, ChangeLimits(20, HOSTILE, no_new_facts=True)),
        "ctrl+s Set",
    ),
    "question": (lambda: QuestionScreen(HOSTILE * 9, [("s", HOSTILE), ("d", "no")]), "esc Back"),
    "editor": (lambda: EditorScreen(HOSTILE, TEXT, words_before=3), "ctrl+s"),
    "passage": (lambda: PassageScreen(Passages(), Span(0, 9), HOSTILE * 9, Page()), "ctrl+t"),
    "approve": (lambda: ApproveScreen(CONTENT, CONTENT.version(2)), "ctrl+s"),
    "diff": (lambda: DiffScreen(CONTENT, 2), "s "),
    "best form": (best_form, "ctrl+s"),
    "best of": (best_of, "enter Pick"),
    "compare": (lambda: CompareScreen(CONTENT, [CONTENT.main] * 3), "space Choose"),
    "versions": (lambda: VersionsScreen(CONTENT, CONTENT.main, CONTENT.created_at), "d Diff"),
    "search": (
        lambda: SearchScreen(found_hostile, (CONTENT.id, HOSTILE), CONTENT.created_at),
        "esc Back",
    ),
    "help": (lambda: HelpScreen(Keymap()), "esc Close"),
    "welcome": (lambda: WelcomeScreen(HOSTILE * 5), "Go on"),
}


def _is_inside(widget: Widget, size: tuple[int, int]) -> bool:
    region = widget.region
    return region.x >= 0 and region.y >= 0 and region.right <= size[0] and region.bottom <= size[1]


@pytest.mark.parametrize("name", SCREENS)
async def test_everything_fits_at_every_size_and_keys_lead_out(name: str) -> None:
    """Each size is there before the screen comes; one answer for each screen that was left.

    Something has the focus at once. Escape leaves the screen, and ctrl+q the program at the end.
    """
    make, key = SCREENS[name]
    app = Host(make)
    async with app.run_test(size=SIZES[0]) as pilot:
        for turn, size in enumerate(SIZES):
            if turn > 0:
                await pilot.resize_terminal(*size)
                await app.push_screen(make(), app.results.append)
            await until(pilot, lambda: app.screen.query(HintLine))
            await pilot.pause()
            hints = app.screen.query_one(HintLine)
            boxes = [*app.screen.children, hints, *app.screen.query(".dialog")]
            outside = [box for box in boxes if box.display and not _is_inside(box, size)]
            assert outside == [], size
            assert hints.size.height > 0, size
            assert key in app.shown, size
            assert not {"\x1b", "\x07", "\u202e"} & {*app.shown}, size
            await until(pilot, lambda: app.focused is not None)
            if name == "editor":  # Escape asks there.
                app.pop_screen()
            else:
                await pilot.press("escape")
                await until(pilot, lambda: app.results)
                assert app.results.pop() is None, size
        await app.push_screen(make())
        await until(pilot, lambda: app.screen.query(HintLine))
        await until(pilot, lambda: app.focused is not None)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)


async def test_a_new_content_begins_with_every_field_in_sight() -> None:
    app = Host(NewContentScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        for rows in (24, 31, 32, 33, 36, 40):
            if rows > 24:
                app.pop_screen()
                await pilot.resize_terminal(80, rows)
                await app.push_screen(NewContentScreen())
            await until(pilot, lambda: app.screen.query(HintLine))
            await pilot.pause()
            hints = app.screen.query_one(HintLine).region
            for field in app.screen.query("Input, TextArea, Button"):
                assert field.region.y >= 1, rows
                assert field.region.bottom <= hints.y, rows


class Filmed(Host):
    """Keeps the rows of the dialog's box in every frame."""

    def __init__(self, make: Callable[[], Screen[Any]]) -> None:
        super().__init__(make)
        self.boxes: list[int] = []

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        self.boxes += [box.region.height for box in screen.query(".dialog")]


@pytest.mark.parametrize("size", [(120, 60), (120, 36), (80, 24), (60, 19)])
async def test_a_new_content_has_its_size_at_once_and_no_empty_rows(size: tuple[int, int]) -> None:
    app = Filmed(NewContentScreen)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query(HintLine) and app.boxes)
        await pilot.press("a")
        await until(pilot, lambda: app.screen.query_one("#title", Input).value == "a")
        await pilot.pause()
        assert set(app.boxes) == {app.screen.query_one(".dialog").region.height}
        buttons, hints = app.screen.query_one(".buttons"), app.screen.query_one(HintLine)
        assert not buttons.display or hints.region.y - buttons.region.bottom <= 1


@pytest.mark.parametrize("size", [(40, 12), (60, 20)])
async def test_no_label_is_cut_without_a_sign(size: tuple[int, int]) -> None:
    app = Host(NewContentScreen)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query(HintLine))
        app.screen.query_one("#sources").focus()
        await until(pilot, lambda: "Sources: folders and files" in app.shown)
        after = app.shown.partition("Sources: folders and files")[2].partition("notes")[0]
        assert "…" in after or "line" in after


async def test_a_change_of_theme_is_followed() -> None:
    app = Host(SCREENS["diff"][0])
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "short" in app.shown)
        for theme in ("textual-dark", "textual-light", "ansi-dark"):
            app.theme = theme
            await pilot.pause()
            assert "short" in app.shown, theme


async def test_a_resize_keeps_the_keys_in_sight() -> None:
    app = Host(SCREENS["help"][0])
    async with app.run_test(size=(200, 50)) as pilot:
        await until(pilot, lambda: len(app.screen.query(".help-column")) == 3)
        await pilot.resize_terminal(60, 15)
        await until(pilot, lambda: len(app.screen.query(".help-column")) == 1)
        assert "esc Close" in app.shown
        before = app.shown
        await pilot.press("pagedown")
        await until(pilot, lambda: app.shown != before)


async def test_a_click_on_a_hint_does_what_it_says() -> None:
    app = Host(lambda: HelpScreen(Keymap()))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(HintLine))
        column = app.screen.query_one(HintLine).render().plain.index("esc")
        await pilot.click(HintLine, offset=(column, 0))
        await until(pilot, lambda: app.results == [None])
