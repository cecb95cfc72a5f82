"""Everything on the screen can be read in both of Redraft's themes: measured on what is drawn.

WCAG 2.1: text at least 4.5:1 against its ground, lines and marks that carry meaning 3:1.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from textual.color import Color
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Input, SelectionList

from tests.domain.content_examples import MAIN, Library, blank_content
from tests.support.fakes import CountedIds, MemoryStore, ScriptedAgent, ticking_clock
from tests.ui.passages import AnsweredPassage, Page, Passages
from tests.ui.screens_host import AT, a_content, until
from tui.app import RedraftApp
from tui.commands import Keymap
from tui.domain.catalog import row_of
from tui.domain.change_limits import ChangeLimits
from tui.domain.changes import approved
from tui.domain.choosing import combined
from tui.domain.content import TurnKind, TurnState
from tui.domain.costs import Budgets
from tui.domain.events import TextStreamed
from tui.domain.ids import BranchId, ContentId, SessionId
from tui.domain.passage import Span
from tui.domain.queue import Queue, QueuedPrompt
from tui.domain.reply import Reply
from tui.domain.search import Hits, SearchQuery
from tui.domain.search import found as scanned
from tui.domain.session import FoundSession
from tui.domain.status import Status
from tui.domain.tools import Question
from tui.domain.tree_shape import TreeShape
from tui.domain.usage_limit import UsageLimit
from tui.screens.approve import ApproveScreen
from tui.screens.best_form import BestForm, BestFormScreen
from tui.screens.best_of import BestOfScreen
from tui.screens.compare import CompareScreen
from tui.screens.content_settings import ContentSettings, ContentSettingsScreen
from tui.screens.costs import CostsScreen, Ledger
from tui.screens.diff import DiffScreen
from tui.screens.editor import EditorScreen
from tui.screens.help import HelpScreen
from tui.screens.import_sessions import ImportScreen
from tui.screens.limits import LimitsScreen
from tui.screens.links import LinksScreen
from tui.screens.name import NameScreen
from tui.screens.new_content import NewContentScreen
from tui.screens.notices import NoticesScreen
from tui.screens.passage import PassageScreen
from tui.screens.permission import PermissionScreen
from tui.screens.question import QuestionScreen
from tui.screens.search import SearchScreen
from tui.screens.versions import VersionsScreen
from tui.screens.welcome import WelcomeScreen
from tui.settings import Settings
from tui.studio.best_of import BestOf, EntryState, Plan, usual_attempts
from tui.studio.studio import Studio
from tui.widgets.badges import MARKS, GoingOn
from tui.widgets.branches import BranchTree, ForkView
from tui.widgets.chat.items import ChatItem, Role
from tui.widgets.chat.pane import ChatPane
from tui.widgets.contents import ContentList, Listing
from tui.widgets.notices import Notice
from tui.widgets.prompt import PromptBox
from tui.widgets.queue import QueueList

SIZE = (150, 44)
TEXT, MARK = 4.5, 3.0
_MARKS_ONLY = re.compile(r"[\s\u2500-\u259f\u2800-\u28ff]+")
"""Lines, blocks and dots: nothing that has to be read."""
_EMOJI = re.compile(r"[\U0001f300-\U0001faff]")
"""Drawn by the terminal in colours of its own."""
_TOGGLES = (Checkbox, SelectionList)
"""Widgets with a box, whose X cannot be seen while it is off."""
_colors = cache(Color.from_rich_color)
_EDGES = {Button}
"""Widgets whose edges only round them off: what they are is told by their ground and their text."""

MARKDOWN = """# One
A [link](https://example.org), `code`, **bold**, ~~gone~~ and *more*.

## Two
### Three
#### Four
##### Five
###### Six
> A quote of somebody.

- one
1. two

---

| a | b |
|---|---|
| 1 | `2` |

```python
def answer(n: int = 42) -> str:  # why
    return "text" + str(n)
```
"""


@cache
def ratio(one: Color, other: Color) -> float:
    """Return the contrast of two colours, from 1 to 21."""

    def luminance(color: Color) -> float:
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in color.normalized
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_the_one_of_the_standard() -> None:
    assert ratio(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert ratio(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.01)


class Measured:
    """The studio in one theme, and everything on it that was too faint so far."""

    def __init__(self, app: RedraftApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.faint: dict[str, str] = {}
        self.texts: set[str] = set()
        self.pinned: list[tuple[Widget, str, object]] = []
        """What panes show, whatever the studio finds in its library meanwhile."""

    @property
    def strips(self) -> list[Strip]:
        """Return the lines of the screen."""
        return self.app.screen._compositor.render_strips()

    async def measure(self, where: str) -> None:
        """Measure everything that is on the screen."""
        for widget, name, value in self.pinned:
            if getattr(widget, name) != value:
                setattr(widget, name, value)
        await self.pilot.pause(0)  # Without drawing, which comes next.
        for y, strip in enumerate(self.strips):
            x = 0
            for text, style, control in strip:
                if style is not None and not control and text.strip():
                    self.texts.update(text.split())
                    self._measure(text, style, where, x, y)
                x += len(text)

    def _measure(self, text: str, style: Any, where: str, x: int, y: int) -> None:
        assert style.color is not None, (where, text)
        assert style.bgcolor is not None, (where, text)
        assert not style.dim, (where, text)
        pair = _colors(style.color), _colors(style.bgcolor)
        found = ratio(*pair)
        if found >= TEXT:
            return
        is_mark = _MARKS_ONLY.fullmatch(text) is not None
        widget = self.app.screen.get_widget_at(min(x, SIZE[0] - 1), y)[0]
        is_behind = isinstance(widget, Screen)  # Dimmed on purpose, behind a dialog.
        is_off = (
            text == "X" and isinstance(widget, (Checkbox, SelectionList)) and pair[0] == pair[1]
        )
        if is_behind or is_off or _EMOJI.search(text) or (is_mark and type(widget) in _EDGES):
            return
        if found < (MARK if is_mark else TEXT):
            key = f"{pair[0].hex} on {pair[1].hex} = {found:.2f}"
            told = f"{where}: {text.strip()[:30]!r} ({type(widget).__name__} {widget.id})"
            self.faint.setdefault(f"{key} {type(widget).__name__}", told)

    def one(self, kind: type[Any]) -> Any:
        """Return the widget of a kind on the main screen."""
        return self.app.screen_stack[1].query_one(kind)


def forks() -> ForkView:
    """Return a content with branches in every state."""
    library = Library(blank_content())
    library.write(MAIN, "# One\n\nA text of some length.")
    library.write(MAIN, "# Two\n\nA text.")
    spicy = library.fork(MAIN, 1, "spicier")
    library.write(spicy, "Spicy text.")
    failed = library.fork(MAIN, 1, "failing")
    library.write(failed, "Part.", state=TurnState.FAILED)
    asking = library.fork(spicy, 2, "asking")
    unread = library.fork(spicy, 2, "unread")
    library.edit(MAIN, "# Two\n\nA text of mine.")
    library.content = combined(library.content, MAIN, "# Two", (1, 2), AT)
    for _ in range(5):
        library.write(spicy, None, TurnKind.ASK)
    folded = library.fork(MAIN, 1, "folded")
    library.write(folded, "Some text.")
    busy = library.fork(MAIN, 2, "busy")
    library.begin(busy, TurnKind.REVISE)
    going_on = GoingOn(frozenset({busy}), frozenset({asking}), frozenset({unread}))
    marked = frozenset({MAIN, spicy})
    content = approved(library.content, 3, AT)
    shape = TreeShape(folded=frozenset({folded}))
    return ForkView(content, MAIN, going_on, shape, marked=marked, now=AT)


def listing() -> Listing:
    """Return rows with every status, and everything that can go on in one."""
    contents = [a_content("text", title=f"A piece in {status}") for status in Status]
    rows = [
        replace(row_of(content), id=ContentId(status), status=status)
        for content, status in zip(contents, Status, strict=True)
    ]
    writing, asking = ContentId("writing"), ContentId("asking")
    rows += [
        replace(rows[0], id=writing),
        replace(rows[0], id=asking),
        replace(rows[0], id=ContentId("failed"), has_failed=True),
        replace(rows[0], id=ContentId("newer"), needs="9.0"),
    ]
    is_asking = frozenset({asking})
    return Listing(
        tuple(rows),
        ContentId("draft"),
        now=AT,
        writing=frozenset({writing}),
        news=is_asking,
        asking=is_asking,
    )


def chat_items() -> list[ChatItem]:
    """Return an item of every role, with all that Markdown has."""
    return [
        ChatItem(f"{role}", number, role, f"A heading of {role}", f"seen-{role}\n\n{MARKDOWN}")
        for number, role in enumerate(Role, start=1)
    ]


@asynccontextmanager
async def measured(theme: str) -> AsyncIterator[Measured]:
    """Open the studio on one content, with a banner, at one moment: ages do not move."""
    store = MemoryStore([a_content("# One\n\nText one.", "# Two\n\nText two of it.", approved=1)])
    studio = Studio(store, ScriptedAgent([]), ticking_clock(), CountedIds())
    app = RedraftApp(
        studio,
        Settings(library=Path("unused"), theme=theme),
        banner="DEMO: scripted",
        now=lambda: AT,
    )
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        seen = Measured(app, pilot)
        await until(pilot, lambda: any("cost" in line.text for line in seen.strips))
        await until(pilot, lambda: isinstance(app.focused, PromptBox))  # All is there, then.
        yield seen
    await studio.close()


THEMES = pytest.mark.parametrize("theme", ["redraft-dark", "redraft-light"])


@THEMES
async def test_the_main_screen_can_be_read(theme: str) -> None:
    async with measured(theme) as seen:
        pilot = seen.pilot
        contents, tree = seen.one(ContentList), seen.one(BranchTree)
        chat, queue = seen.one(ChatPane), seen.one(QueueList)
        seen.pinned = [(contents, "listing", listing()), (tree, "forks", forks())]
        await seen.measure("the panes")
        prompts = (QueuedPrompt("one"), QueuedPrompt("two", is_asking=True))
        queue.queue = Queue((*prompts, QueuedPrompt("three", is_removed=True)), is_held=False)
        for pane in (contents, chat, queue, tree, seen.one(PromptBox)):
            pane.focus()
            await seen.measure(f"{pane.id} focused")
            if pane is contents:
                for _ in listing().rows:
                    await contents.run_action("move(1)")
                    await seen.measure("cursor in the list")
            if pane is tree:
                for _ in range(16):
                    tree.action_move(1)
                    await seen.measure("cursor in the tree")
            if pane is queue:
                for place in range(3):
                    queue.highlighted = place
                    await seen.measure("cursor in the queue")
            if pane is chat:
                for item in chat_items():
                    chat.show([item], follow=False)
                    await seen.measure(f"{item.role}, its top")
                    chat._marked_words = ("seen", "one", "link", "code", "bold", "text", "b")
                    chat.refresh()
                    await seen.measure(f"{item.role}, words marked")
                    chat._marked_words = ()
                    chat.scroll_end(animate=False, immediate=True)
                    await seen.measure(f"{item.role}, its end")
        for row in range(len(listing().rows)):
            await pilot.hover(ContentList, offset=(3, row))
            await seen.measure("mouse on the list")
        for row in range(16):
            await pilot.hover(BranchTree, offset=(6, row))
            await seen.measure("mouse on the tree")
        queue.queue = Queue(prompts, is_held=True)
        seen.pinned = [(contents, "listing", Listing(empty="No match for “foo”."))]
        seen.one(PromptBox).load_text("Some text")
        await seen.measure("held, nothing found, a prompt")
        for severity in ("information", "warning", "error"):
            seen.app.notify("A notice.", title="Title", severity=severity, markup=False)
        await seen.measure("notices")
        assert {mark.symbol for mark in MARKS} - seen.texts == set()
        assert {f"seen-{role}" for role in Role} - {"seen-tool"} <= seen.texts
        assert not seen.faint, "\n".join(f"{key}  {told}" for key, told in seen.faint.items())


def screens() -> Iterator[Callable[[], Screen[Any]]]:
    """Yield every secondary screen, filled so that all it can show is there."""
    content = a_content("# One\n\nThe same text TODO.", "# Two\n\nThe other text.", approved=1)
    question = Question("q", "WebFetch", "https://example.org/a", "Why?", "a.org", "WebFetch(a)")
    settings = ContentSettings("A title", "post", ("/notes",), True, ("WebSearch",))
    found = FoundSession(SessionId("s1"), "A session", "", "/home/me", AT, AT, 3)
    limits = (UsageLimit(used=0.95, is_near=True, window="5 hours"),)
    ledger = Ledger(content, BranchId("b1"), Budgets(0.1, 0.2, "note"), AT, limits=limits)

    async def found_there(*_: object) -> Hits:
        return scanned([content], SearchQuery(("text",)), None, 9)

    async def save(_settings: ContentSettings) -> None:
        return

    plan = Plan(content.id, content.main, 1, "go", usual_attempts(3))
    best = BestOf(Studio(MemoryStore(), ScriptedAgent(), ticking_clock(), CountedIds()), plan)
    best.stop_all()
    said = Reply().apply(TextStreamed("Here it is.\n<draft>\nSome text.\n</draft>\n"))
    best._change(0, state=EntryState.FAILED, failure="It is down.", reply=said)
    form = BestForm("go", plan.attempts)

    yield NewContentScreen
    yield lambda: BestOfScreen(best, "A title")
    yield lambda: BestFormScreen(
        "from the start", form, check=lambda *_: plan, estimate=lambda _: "A dollar."
    )
    yield lambda: NameScreen("Name?", placeholder="From the prompt")
    yield lambda: LimitsScreen("# One\n\nText.", ChangeLimits(no_new_facts=True))
    yield lambda: QuestionScreen("Sure?", (("y", "Yes"), ("n", "No")))
    yield lambda: EditorScreen("Title", "# A text\n\nwith *words*.", words_before=3, unsaved="x")
    yield lambda: EditorScreen("Title", "Locked.", words_before=3, locks=(Span(0, 4),))
    yield lambda: PassageScreen(Passages(), Span(0, 8), "One cat.", Page())
    yield AnsweredPassage
    yield lambda: ApproveScreen(content, content.version(2))
    yield lambda: DiffScreen(content, 2)
    yield lambda: CompareScreen(content, [content.main] * 2)
    yield lambda: VersionsScreen(content, content.main, AT, at=1)
    marks = tuple((mark.symbol, mark.meaning) for mark in MARKS)
    yield lambda: HelpScreen(Keymap(), marks=marks)
    yield lambda: LinksScreen(("https://example.org/", "file:///x"), can_open=False)
    yield lambda: NoticesScreen((Notice(AT, "Saved."), Notice(AT, "No.", is_problem=True)))
    yield lambda: WelcomeScreen("Nobody is logged in.")
    yield lambda: ImportScreen([found, replace(found, session=SessionId("s2"))])
    yield lambda: PermissionScreen(question, about="Title · main")
    yield lambda: ContentSettingsScreen(settings, branch="main", is_writing=True, save=save)
    yield lambda: CostsScreen(ledger)
    yield lambda: SearchScreen(found_there, (content.id, content.title), AT)


@THEMES
async def test_every_other_screen_can_be_read(theme: str) -> None:
    async with measured(theme) as seen:
        for make in screens():
            screen = make()
            name = type(screen).__name__
            seen.app.push_screen(screen)
            await until(seen.pilot, lambda: seen.app.focused is not None)
            await seen.measure(name)
            for widget in list(screen.focus_chain):
                screen.set_focus(widget)
                await seen.measure(f"{name}, focus on {widget.id}")
            for button in screen.query(Button):
                await seen.pilot.hover(button)
                await seen.measure(f"{name}, mouse on {button.label}")
            for field in screen.query(Input):
                field.value = "some text"
                field.focus()
                field.action_select_all()
                await seen.measure(f"{name}, text in {field.id}")
            seen.app.pop_screen()
        seen.app.action_command_palette()
        await seen.measure("palette")
        await seen.pilot.press(*"new")
        await seen.measure("palette, something found")
        assert not seen.faint, "\n".join(f"{key}  {told}" for key, told in seen.faint.items())
