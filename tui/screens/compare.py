"""Two to four drafts in columns; a new text can be put together from their paragraphs."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Resize

from tui.commands import Scope, bindings
from tui.domain.content import Branch, Content, Version
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.domain.lineup import Cell, Lineup, lined_up
from tui.domain.words import count_words, counted
from tui.screens.compare_layout import CompareView, cells_of, column_width, heading, lay_out
from tui.screens.frame import FullScreen, Heading, Hint, HintLine, command_hint
from tui.screens.question import QuestionScreen
from tui.widgets.page import plain_layout
from tui.widgets.reader import Reader
from tui.widgets.text import one_line

WIDE: Final = 120
"""Columns of the terminal from which on all drafts are shown at once."""
BESIDE: Final = 160
"""Columns from which on the text that is put together stands beside the drafts."""
MOST: Final = 4
"""Drafts that can be compared at once."""


@frozen
class MakeMain:
    """The writer wants a branch to be the main one."""

    branch: BranchId


@frozen
class ForkFrom:
    """The writer wants to fork from the end of a branch."""

    branch: BranchId


@frozen
class Combined:
    """A text that was put together from paragraphs of several versions."""

    text: str
    sources: tuple[int, ...]
    """For each paragraph the number of the version it is from."""


CompareAnswer = MakeMain | ForkFrom | Combined


class Columns(Reader, inherit_bindings=False):
    """Shows drafts in columns; its keys are the screen's."""


class CompareScreen(FullScreen[CompareAnswer | None]):
    """Shows the drafts of some branches of a content; returns what is to become of them."""

    BINDINGS = bindings(Scope.COMPARE)

    def __init__(
        self, content: Content, branches: Sequence[BranchId], onto: BranchId | None = None
    ) -> None:
        """Compare the drafts of two to four branches that have one.

        `onto` is the branch that gets a new text, so that the screen can name it; None for main.
        """
        super().__init__()
        self._content = content
        self._onto = content.branch(onto or content.main)
        self._columns = tuple(_columns(content, branches[:MOST]))
        self._lineup: Lineup | None = None
        """None until the drafts are lined up."""
        self._cells: tuple[Cell, ...] = ()
        self._cell: Cell = (0, 0)
        self._chosen: frozenset[Cell] = frozenset()
        self._view: CompareView | None = None
        """How the drafts on screen are shown."""
        self._is_result = False

    def compose(self) -> ComposeResult:
        """Compose headings, the columns, the text that grows, and the keys."""
        yield Heading(self._content.title, id="compare-heading")
        yield Heading("", id="compare-names")
        with Horizontal(id="compare-body"):
            yield Columns(id="columns")
            yield Reader(id="result", most_columns=96)
        yield HintLine(self._hints())

    def on_mount(self) -> None:
        """Begin to line the drafts up."""
        self.query_one("#columns").focus()
        self.query_one("#compare-heading", Heading).facts = "comparing…"
        self._line_up()

    @work(exclusive=True, group="line up")
    async def _line_up(self) -> None:
        texts = [version.text for _, version in self._columns]
        lineup = await asyncio.to_thread(lined_up, texts)
        self._lineup, self._cells = lineup, cells_of(lineup)
        self._cell = self._cells[0] if self._cells else self._cell
        self._show()

    def on_resize(self, _: Resize) -> None:
        """Show as many columns as there is room for."""
        self._show()

    # -- what is shown -------------------------------------------------------------------------

    @property
    def _in_sight(self) -> tuple[int, ...]:
        """The columns that are shown: all, or two with the one under the cursor."""
        every = tuple(range(len(self._columns)))
        if self.app.size.width >= WIDE or len(every) <= 2:
            return every
        first = min(self._cell[1], len(every) - 2)
        return every[first : first + 2]

    def _show(self) -> None:
        columns, lineup = self._in_sight, self._lineup
        if lineup is None:
            return
        view, before = CompareView(columns, self._chosen), self._view
        self._view = view
        reader = self.query_one("#columns", Columns)
        number = self._cells.index(self._cell) if self._cells else None
        page = partial(lay_out, lineup, view)
        reader.mark(number)
        if before is None:
            reader.show(page, size=sum(len(version.text) for _, version in self._columns))
        elif view != before:
            reader.redraw(page, stop=number)
        if number is not None:
            reader.see(number)
        is_beside = bool(self._chosen) and self.app.size.width >= BESIDE
        self.set_class(is_beside and not self._is_result, "-beside")
        self.set_class(self._is_result, "-result")
        if before is None or view.chosen != before.chosen:
            text = self._text
            self.query_one("#result", Reader).show(plain_layout(text), size=len(text))
        # The columns have their width only then.
        self.call_after_refresh(self._show_headings, columns)

    @property
    def _text(self) -> str:
        return "" if self._lineup is None else self._lineup.combined(self._chosen)

    def _show_headings(self, columns: Sequence[int]) -> None:
        width = self.query_one("#columns").size.width - 3
        width = max(20, width)
        room = column_width(width, len(columns))
        names = [self._heading_of(number, room) for number in columns]
        title = heading(names, width)
        if self._is_result:
            title = f"The new text, to be saved on “{one_line(self._onto.name, 24)}”"
        self.query_one("#compare-names", Heading).title = title
        chosen = len(self._chosen)
        facts = f"{len(self._columns)} branches"
        if len({version.text for _, version in self._columns}) == 1:
            facts += " · the same text"
        if chosen:
            words = counted(count_words(self._text))
            facts = f"{counted(chosen, 'paragraph')} chosen · {words}"
        self.query_one("#compare-heading", Heading).facts = facts
        self.query_one(HintLine).show(self._hints())

    def _heading_of(self, column: int, room: int) -> str:
        branch, version = self._columns[column]
        star = " ★" if branch.id == self._content.main else ""
        mark = "▸ " if column == self._cell[1] else "  "
        named = f"{mark}{one_line(branch.name, 24)}{star} · v{version.number}"
        said = f"{named} · {counted(version.words)}"
        return said if cell_len(said) <= room else f"{named} · {version.words} w"

    def _hints(self) -> Iterable[Hint]:
        labels = {"compare.choose": "Leave out"} if self._cell in self._chosen else {}
        names = ["compare.right", "compare.choose", "compare.choose_column"]
        if self._is_result:
            labels["compare.result"] = "The drafts"
            names = ["compare.result", "compare.save"]
        elif self._chosen:
            names += ["compare.result", "compare.save"]
        else:
            names += ["compare.make_main", "compare.fork"]
        for name in (*names, "compare.leave"):
            yield command_hint(self, name, labels.get(name, ""))

    # -- moving --------------------------------------------------------------------------------

    def action_move(self, rows: int) -> None:
        """Go to another paragraph of the same draft."""
        if self._is_result:
            self.query_one("#result", Reader).scroll_relative(y=rows, animate=False)
            return
        own = [cell for cell in self._cells if cell[1] == self._cell[1]]
        if own:
            place = own.index(self._cell) + rows
            self._go_to(own[min(max(0, place), len(own) - 1)])

    def action_across(self, columns: int) -> None:
        """Go to the paragraph beside, in the next draft; round at the end."""
        if self._is_result:
            return
        wanted = (self._cell[1] + columns) % len(self._columns)
        own = [cell for cell in self._cells if cell[1] == wanted]
        if own:
            here = self._start(self._cell)
            above = [cell for cell in own if self._start(cell) <= here]
            self._go_to(above[-1] if above else own[0])

    @on(Columns.StopClicked)
    def _paragraph_clicked(self, event: Columns.StopClicked) -> None:
        if event.place < len(self._cells):
            self._go_to(self._cells[event.place])

    def _start(self, cell: Cell) -> int:
        """Return the row of the page where a cell begins; before a page is made, of the lineup."""
        stops = self.query_one("#columns", Columns).page.stops
        return stops[self._cells.index(cell)] if len(stops) == len(self._cells) else cell[0]

    def _go_to(self, cell: Cell) -> None:
        self._cell = cell
        self._show()

    # -- what can be done ----------------------------------------------------------------------

    def action_choose(self) -> None:
        """Take a paragraph into the new text, or out of it, and go on to the next."""
        if self._is_result or not self._cells:
            return
        is_new = self._cell not in self._chosen
        self._chosen ^= {self._cell}
        self._show()
        if is_new:
            self.action_move(1)

    def action_choose_column(self) -> None:
        """Take all paragraphs of a draft, or when all are taken, none of them."""
        if self._is_result:
            return
        own = frozenset(cell for cell in self._cells if cell[1] == self._cell[1])
        self._chosen = self._chosen - own if own <= self._chosen else self._chosen | own
        self._show()

    def action_show_result(self) -> None:
        """Show the text that is put together, or the drafts again."""
        if not self._chosen:
            self.notify("Nothing is chosen yet.", markup=False, timeout=2)
            return
        self._is_result = not self._is_result
        self._show()
        self.query_one("#result" if self._is_result else "#columns").focus()

    def action_save(self) -> None:
        """Return the text that was put together."""
        if not self._chosen:
            self.notify("Choose paragraphs first.", markup=False, timeout=2)
            return
        cells = sorted(self._chosen)
        sources = tuple(self._columns[column][1].number for _, column in cells)
        self.dismiss(Combined(self._text, sources))

    @work(exclusive=True, group="leave")
    async def action_make_main(self) -> None:
        """Return that the branch under the cursor is to be the main one."""
        branch = self._columns[self._cell[1]][0]
        if branch.id == self._content.main:
            self.notify("This is the main branch already.", markup=False)
        elif await self._may_leave():
            self.dismiss(MakeMain(branch.id))

    @work(exclusive=True, group="leave")
    async def action_fork(self) -> None:
        """Return that a branch is to leave from the one under the cursor."""
        if await self._may_leave():
            self.dismiss(ForkFrom(self._columns[self._cell[1]][0].id))

    @work(exclusive=True, group="leave")
    async def action_leave(self) -> None:
        """Go back to the drafts, or close the screen."""
        if self._is_result:
            self.action_show_result()
        elif await self._may_leave():
            self.dismiss(None)

    async def _may_leave(self) -> bool:
        """Ask before what was chosen is dropped."""
        if not self._chosen:
            return True
        question = "Leave without saving the new text?"
        choices = (("k", "Keep choosing"), ("l", "Leave"))
        return await self.app.push_screen_wait(QuestionScreen(question, choices)) == "l"


def _columns(content: Content, branches: Sequence[BranchId]) -> Iterable[tuple[Branch, Version]]:
    for branch_id in branches:
        draft = content.draft(branch_id)
        if draft is not None:
            yield content.branch(branch_id), draft
