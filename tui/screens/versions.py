"""Every version of a piece: when, by whom, how long, what became of it, and its text beside it."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Final

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content as Shown
from textual.events import Resize
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.commands import Scope, bindings
from tui.domain.content import Content, Version
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.domain.search import search_form, spans_of
from tui.domain.words import counted, folded, signed
from tui.screens.diff import DiffScreen
from tui.screens.diff_words import named, way_made
from tui.screens.frame import FullScreen, Heading, Hint, HintLine, command_hint
from tui.screens.spending import clock
from tui.widgets.page import Page, Part, Row, Run, plain_layout, plain_page, wrapped
from tui.widgets.reader import Reader
from tui.widgets.text import one_line, visible

READING_WIDTH: Final = 96
"""Columns at which the text is wrapped, at most."""
BESIDE: Final = 90
"""Columns from which on the text stands beside the list."""
_MARKED: Final = "▪"
_APPROVED: Final = "✓ approved"
_PUBLISHED: Final = "⇡ published"
_DRAFT: Final = "◆ draft"


class Wish(StrEnum):
    """What is to be done with a version."""

    BRING_BACK = "bring_back"
    FORK = "fork"
    LABEL = "label"
    COPY = "copy"
    SAVE = "save"


@frozen
class VersionWish:
    """What the writer wants done with which version."""

    wish: Wish
    version: int


class VersionsScreen(FullScreen[VersionWish | None]):
    """Lists the versions of a content, newest first; returns what is to be done with one."""

    AUTO_FOCUS = "#versions"
    BINDINGS = bindings(Scope.VERSIONS)

    def __init__(
        self,
        content: Content,
        branch: BranchId,
        now: datetime,
        *,
        at: int | None = None,
        here: str = "",
    ) -> None:
        """List all versions, with the cursor on number `at`, else on the draft of `branch`.

        `now` is time-zone aware: what was made on its day is shown with the time only. `here` is
        the id of who works here: all others are named.
        """
        super().__init__()
        self._content = content
        self._branch = branch
        self._now = now
        self._here = here
        draft = content.draft(branch)
        self._first = at if at is not None else None if draft is None else draft.number
        self._marked: int | None = None
        self._query = ""
        self._texts: dict[int, str] = {}
        """Of each version what is searched in, folded, as far as it was needed."""
        self._text_of: tuple[Content, int, str] | None = None
        """The piece, the number and the search of the text that is shown."""
        self._shown: tuple[int, ...] = ()
        self._is_reading = False

    def compose(self) -> ComposeResult:
        """Compose heading, the list with its search, the text and the keys."""
        yield Heading(self._content.title, id="versions-heading")
        with Horizontal(id="versions-body"):
            with Vertical(id="versions-side"):
                search = Input(placeholder="Words of the text, a label, an author", id="search")
                search.display = False
                yield search
                yield OptionList(id="versions", compact=True)
            with Vertical(id="versions-text"):
                yield Heading("", id="version-heading")
                yield Reader(most_columns=READING_WIDTH, id="text")
        yield HintLine(())

    def on_mount(self) -> None:
        """Show the list."""
        self._lay_out()
        self._list_versions(self._first)

    def on_resize(self, _: Resize) -> None:
        """Take the layout and the rows that fit the width."""
        self._lay_out()
        self._list_versions(self._number)

    def _lay_out(self) -> None:
        is_beside = self.app.size.width >= BESIDE
        self.set_class(is_beside, "-beside")
        self.set_class(self._is_reading, "-reading")

    def _hints(self) -> Iterable[Hint]:
        marked = self._marked
        labels = {
            "versions.diff": "Diff" if marked in (None, self._number) else f"Diff with v{marked}",
            "versions.mark": "Unmark" if marked is not None and marked == self._number else "Mark",
        }
        names = ["versions.read", "versions.diff", "versions.mark"]
        if not self._is_draft:
            names.append("versions.take")
        names += ["versions.fork", "versions.label", "versions.copy", "versions.save"]
        if self._is_reading:
            names.remove("versions.read")
        else:
            names.append("versions.find")
        search = self.query_one("#search", Input)
        if search.has_focus:
            names = ["versions.to_list"]
        if search.display and not self._is_reading:
            labels["versions.leave"] = "Show all"
        for name in (*names, "versions.leave"):
            yield command_hint(self, name, labels.get(name, ""))

    @property
    def _list(self) -> OptionList:
        return self.query_one("#versions", OptionList)

    @property
    def _number(self) -> int | None:
        """Number of the version under the cursor."""
        place = self._list.highlighted
        return None if place is None or place >= len(self._shown) else self._shown[place]

    @property
    def _is_draft(self) -> bool:
        draft = self._content.draft(self._branch)
        return draft is not None and draft.number == self._number

    # -- the list ------------------------------------------------------------------------------

    def _list_versions(self, at: int | None) -> None:
        """List what is found, with the cursor on version `at` when it is among them."""
        query = folded(self._query)
        versions = reversed(self._content.versions)
        found = [one for one in versions if not query or query in self._folded(one)]
        self._shown = tuple(version.number for version in found)
        room = max(20, self._list.scrollable_content_region.width - 2)
        self._list.set_options(Option(self._row(version, room)) for version in found)
        if self._shown:
            self._list.highlighted = self._shown.index(at) if at in self._shown else 0
        count, every = len(found), len(self._content.versions)
        facts = counted(every, "version")
        if query:
            facts = f"{count} of {facts}" if count else "no version matches"
        self.query_one("#versions-heading", Heading).facts = facts
        self._show()

    def _row(self, version: Version, room: int) -> Shown:
        """Return number, words, label and time; below how it came about and what holds of it.

        `room` is how many cells each of the two lines has.
        """
        mark = f"{_MARKED} " if version.number == self._marked else "  "
        head, made = f"{mark}v{version.number}  ", clock(version.created_at, self._now)
        size = counted(version.words)
        if version.before is not None:
            before = self._content.version(version.before)
            size += f" ({signed(version.words - before.words)})"
        taken = cell_len(head + size + made)
        label = f"  “{version.label}”" if version.label else ""
        label = one_line(label, max(0, room - taken - 2))
        facts = "  ".join(_standing(self._content, version, self._branch))
        said = way_made(self._content, version, self._here)
        by = one_line(said, max(6, room - cell_len(facts) - 4))
        return Shown.assemble(
            (head, "bold"),
            size,
            (label, "italic"),
            " " * max(1, room - taken - cell_len(label)),
            made,
            "\n  ",
            by,
            " " * max(1, room - 2 - cell_len(by) - cell_len(facts)),
            (facts, "bold"),
        )

    def _folded(self, version: Version) -> str:
        """Return what is searched in of a version; slow at first, a millisecond or two for each."""
        if version.number not in self._texts:
            by = way_made(self._content, version, self._here)
            said = (version.text, version.label, by, f"v{version.number}")
            self._texts[version.number] = "\n".join(folded(one) for one in said)
        return self._texts[version.number]

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show()

    def _show(self) -> None:
        """Show the text under the cursor."""
        number, reader = self._number, self.query_one("#text", Reader)
        heading = self.query_one("#version-heading", Heading)
        self.query_one(HintLine).show(self._hints())
        if number is None:
            self._text_of = None
            heading.title = heading.facts = ""
            reader.show(plain_layout(""))
            return
        version = self._content.version(number)
        heading.title = named(self._content, version, self._branch)
        heading.facts = counted(version.words)
        before, self._text_of = self._text_of, (self._content, number, self._query)
        if before and before[0] is self._content and before[1:] == (number, self._query):
            return  # It stays where it is read, also in another size.
        below = _sources(self._content, version, self._branch)
        page = partial(_page, version.text, self._query, below)
        reader.show(page, size=len(version.text), stop=0)

    # -- finding -------------------------------------------------------------------------------

    def action_find(self) -> None:
        """Open the search field."""
        self._set_reading(is_reading=False)
        search = self.query_one("#search", Input)
        search.display = True
        search.focus()
        self._fold_texts()

    @work(exclusive=True, group="fold")
    async def _fold_texts(self) -> None:
        """Have ready what is searched in, before the first letter."""
        for version in self._content.versions:
            await asyncio.to_thread(self._folded, version)

    def on_descendant_focus(self) -> None:
        """Tell the keys that are heard now."""
        self.query_one(HintLine).show(self._hints())

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._query = event.value.strip()
        self._list_versions(self._number)

    @on(Input.Submitted, "#search")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._list.focus()

    # -- what can be done ----------------------------------------------------------------------

    def action_move(self, rows: int) -> None:
        """Go a row down or up, or by more to the end; while a version is read, in its text."""
        if self._is_reading:
            self.query_one("#text", Reader).scroll_relative(y=rows, animate=False)
        elif rows > 0:
            (self._list.action_cursor_down if rows == 1 else self._list.action_last)()
        else:
            (self._list.action_cursor_up if rows == -1 else self._list.action_first)()

    def action_to_list(self) -> None:
        """Go from the search field to what was found."""
        self._list.focus()

    def action_read(self) -> None:
        """Show the text on the whole screen."""
        if self._number is not None:
            self._set_reading(is_reading=True)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_read()

    def _set_reading(self, *, is_reading: bool) -> None:
        self._is_reading = is_reading
        self._lay_out()
        self.query_one("#text" if is_reading else "#versions").focus()
        self.query_one(HintLine).show(self._hints())

    def action_mark(self) -> None:
        """Mark the version under the cursor, or no longer."""
        number = self._number
        self._marked = None if self._marked == number else number
        self._list_versions(number)

    def action_diff(self) -> None:
        """Compare with the marked version, the older one first, else with the one before."""
        number, marked = self._number, self._marked
        if number is None:
            return
        older, newer = (marked, number) if marked not in (None, number) else (None, number)
        if older is not None and older > newer:
            older, newer = newer, older
        self.app.push_screen(
            DiffScreen(
                self._content,
                newer,
                against=older,
                branch=self._branch,
                can_choose=False,
                here=self._here,
            )
        )

    def action_wish(self, wish: str) -> None:
        """Return what is to be done with the version under the cursor."""
        number = self._number
        if number is None:
            return
        if wish == Wish.BRING_BACK and self._is_draft:
            self.notify(f"v{number} is the draft.", markup=False)
        else:
            self.dismiss(VersionWish(Wish(wish), number))

    def action_leave(self) -> None:
        """Leave the search, the text, the screen: innermost first."""
        search = self.query_one("#search", Input)
        if self._is_reading:
            self._set_reading(is_reading=False)
        elif search.display:
            search.display = False
            search.value = ""
            self._list.focus()
            self.query_one(HintLine).show(self._hints())
        else:
            self.dismiss(None)


def _standing(content: Content, version: Version, branch: BranchId) -> list[str]:
    """Return what holds of a version now: draft, approved, published."""
    draft, said = content.draft(branch), []
    if draft is not None and draft.number == version.number:
        said.append(_DRAFT)
    if any(one.version == version.number for one in content.publications):
        said.append(_PUBLISHED)
    elif content.approval is not None and content.approval.version == version.number:
        said.append(_APPROVED)
    return said


def _sources(content: Content, version: Version, branch: BranchId) -> list[str]:
    """Return for each paragraph of a combined version where it came from."""
    return [
        f"¶ {place} from {named(content, content.version(number), branch)}"
        for place, number in enumerate(version.sources, start=1)
    ]


def _page(text: str, query: str, below: Sequence[str], width: int) -> Page:
    """Lay a text out with what was looked for marked; each row with a hit is a stop.

    Quiet lines stand `below` it.
    """
    page = _with_hits_marked(plain_page(visible(text), width), query)
    if not below:
        return page
    said = [wrapped(((one, "quiet"),), width) for one in below]
    rows = [*page.rows, (), *(row for lines in said for row in lines)]
    last = page.lines[-1] if page.lines else 0
    added = len(rows) - len(page.rows)
    parts = [*page.parts, *[(Part(),)] * added] if page.parts else ()
    return Page(rows, [*page.lines, *[last + 1] * added], page.stops, parts)


def _with_hits_marked(page: Page, query: str) -> Page:
    if not query:
        return page
    rows: list[Row] = []
    stops: list[int] = []
    for number, row in enumerate(page.rows):
        runs = [run for part, _ in row for run in _with_hits(part, query)]
        if any(look for _, look in runs):
            stops.append(number)
        rows.append(tuple(runs))
    return Page(rows, page.lines, stops, page.parts)


def _with_hits(text: str, query: str) -> Iterable[Run]:
    """Cut a text at what was looked for, however it is written."""
    last = 0
    for start, end in spans_of(text, (search_form(query),)):
        yield text[last:start], ""
        yield text[start:end], "found"
        last = end
    yield text[last:], ""
