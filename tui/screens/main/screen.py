"""The main screen put together: its panes, its keys, and how it fits a terminal of any size."""

from datetime import UTC, datetime
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.commands import COMMANDS, bindings, footer, keys_of
from tui.screens.costs import CostsScreen, Ledger
from tui.screens.help import HelpScreen
from tui.screens.main.asking import Asking
from tui.screens.main.desk import FLUSHES_PER_SECOND, LOOK_AGAIN_AFTER
from tui.widgets.branches import BranchTree
from tui.widgets.chat.pane import ChatPane
from tui.widgets.contents import ContentList
from tui.widgets.prompt import PromptBox
from tui.widgets.queue import QueueList
from tui.widgets.statusbar import StatusBar

TOO_SMALL = "Redraft needs a little more room: at least 40 columns and 12 lines."


PANES: Final[tuple[type[Widget], ...]] = (
    ContentList,
    ChatPane,
    QueueList,
    PromptBox,
    BranchTree,
)
"""The panes in the order in which tab goes through them."""


class MainScreen(Asking):
    """Contents on the left, the conversation in the middle, its branches on the right."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        command for command in COMMANDS if not command.action.startswith("app.")
    )
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-tiny"),
        (40, "-narrow"),
        (80, "-medium"),
        (120, "-wide"),
        (160, "-roomy"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (12, "-tall")]  # noqa: RUF012
    AUTO_FOCUS = "ContentList"

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        if self.banner:
            yield Static(self.banner, id="banner", markup=False)
        with Horizontal(id="panes"):
            with Vertical(id="contents", classes="pane"):
                yield Input(placeholder="Find", id="search", compact=True)
                yield ContentList(id="list")
            with Vertical(id="talk", classes="pane"):
                yield ChatPane(id="chat")
                yield QueueList(id="queue")
                with Vertical(id="prompt-frame"):
                    yield PromptBox(keys_of("revise", self.commands), id="prompt")
            with Vertical(id="branches", classes="pane"):
                yield BranchTree(id="tree")
        yield StatusBar(id="status")
        yield Static(TOO_SMALL, id="too-small", markup=False)

    def on_mount(self) -> None:
        """Show what was there last time, then keep it up to date."""
        self.query_one("#contents").border_title = "Contents"
        self.query_one("#branches").border_title = "Branches"
        self.search_field.display = False
        self.show_header()
        self.status_bar.hints = footer(self.commands)
        for notice in self.notices:
            self.tell(notice, is_problem=True)
        self.act(self._begin())
        self.set_interval(1 / FLUSHES_PER_SECOND, self.show_live)
        self.set_interval(LOOK_AGAIN_AFTER, self._look_again)

    async def on_unmount(self) -> None:
        """Save where the writer is, with the text not sent yet."""
        await self._attempted(self.keep_everything())

    async def _begin(self) -> None:
        self.place = await self.studio.place()
        self.sweep_queues()
        await self.reload_list()
        rows = self.listed_rows()
        known = {row.id for row in rows}
        if self.place.content in known and self.place.content is not None:
            await self.open_content(self.place.content)
        elif rows:
            await self.open_content(rows[0].id)
        else:
            self.show_conversation()
        if rows:
            self.attempt(self.check_login())
        else:
            # With nothing to work on, the ways on come first: keys wait for them.
            await self.check_login()

    def _look_again(self) -> None:
        self.run_worker(
            self._attempted(self.look_around()),
            group="looking-around",
            exclusive=True,
            exit_on_error=False,
        )

    # -- focus and room ----------------------------------------------------------------------

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the pane that has the focus, where there is room for one only."""
        shown = {"contents": "show-list", "branches": "show-tree"}
        pane = next((node.id for node in event.widget.ancestors if node.id in shown), "")
        for pane_id, class_name in shown.items():
            self.set_class(pane == pane_id, class_name)

    def action_move_focus(self, direction: int) -> None:
        """Go to the next or the previous pane, also to one that is not shown now."""
        every = [self.query_one(pane) for pane in PANES]
        panes = [pane for pane in every if pane.display or pane.has_focus]
        here = next((index for index, pane in enumerate(panes) if pane.has_focus), 0)
        target = panes[(here + direction) % len(panes)]
        self.go_to(target)

    def action_show_branches(self) -> None:
        """Go to the branches, calling them up where they are hidden; from there, back."""
        self.go_to(self.chat if self.branches.has_focus else self.branches)

    def action_leave(self) -> None:
        """Stop Claude when it writes here; otherwise leave the field, then the pane."""
        if self.stop_here():
            return
        if self.search_field.display and (self.search_field.has_focus or self.list_pane.has_focus):
            self.leave_search()
        elif self.queue_pane.has_focus:
            self.go_to(self.prompt)
        elif self.prompt.has_focus or self.branches.has_focus:
            self.go_to(self.chat)
        else:
            self.go_to(self.list_pane)

    def interrupt(self) -> bool:
        """Stop Claude when it writes on the branch on screen."""
        return self.stop_here()

    def paste_elsewhere(self, text: str) -> None:
        """Put what was pasted outside a field into the prompt, unsent."""
        self.prompt.insert(text, self.prompt.document.end)
        self.go_to(self.prompt)
        self.tell("Pasted into the prompt.")

    def action_show_costs(self) -> None:
        """Show what the content cost, what its budgets leave, and the usage limits."""
        self.act(self._show_costs())

    async def _show_costs(self) -> None:
        content, branch_id = self.shown
        ledger = Ledger(
            content,
            branch_id,
            self.studio.budgets,
            datetime.now(UTC),
            context_percent=self.context_percent.get(branch_id),
            running=self.running_cost,
            limits=tuple(self.limits.values()),
        )
        await self.ask(CostsScreen(ledger))

    def on_prompt_box_paged(self, event: PromptBox.Paged) -> None:
        """Page through the conversation while a prompt is typed."""
        event.stop()
        self.chat.action_page(event.direction)

    def action_show_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(HelpScreen(self.commands))
