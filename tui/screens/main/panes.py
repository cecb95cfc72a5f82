"""The panes of the main screen by name, and the two ways in which it speaks to the writer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from textual.app import ScreenStackError
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from tui.domain.errors import RedraftError
from tui.widgets.branches import BranchTree
from tui.widgets.chat.pane import ChatPane
from tui.widgets.contents import ContentList
from tui.widgets.prompt import PromptBox
from tui.widgets.statusbar import StatusBar
from tui.widgets.text import visible
from tui.widgets.typeahead import KeyHold, TypeAheadApp

Answer = TypeVar("Answer")


class Panes(Screen[None]):
    """A screen that has the panes of the main one; what they show is decided further down."""

    def __init__(self) -> None:
        super().__init__()
        self._acting = 0
        self._key_hold: KeyHold | None = None

    @property
    def list_pane(self) -> ContentList:
        """The list of contents."""
        return self.query_one(ContentList)

    @property
    def chat(self) -> ChatPane:
        """The conversation."""
        return self.query_one(ChatPane)

    @property
    def prompt(self) -> PromptBox:
        """The field for the next prompt."""
        return self.query_one(PromptBox)

    @property
    def branches(self) -> BranchTree:
        """The branches."""
        return self.query_one(BranchTree)

    @property
    def talk_frame(self) -> Vertical:
        """The frame around conversation and prompt."""
        return self.query_one("#talk", Vertical)

    @property
    def contents_frame(self) -> Vertical:
        """The frame around the list."""
        return self.query_one("#contents", Vertical)

    @property
    def prompt_frame(self) -> Vertical:
        """The frame around the prompt."""
        return self.query_one("#prompt-frame", Vertical)

    @property
    def status_bar(self) -> StatusBar:
        """The bottom line."""
        return self.query_one(StatusBar)

    @property
    def search_field(self) -> Input:
        """The field that narrows the list down."""
        return self.query_one("#search", Input)

    def tell(self, text: str, *, is_problem: bool = False) -> None:
        """Tell the writer something in a line that goes away by itself."""
        if is_problem:
            self.notify(visible(text), severity="error", markup=False, timeout=8)
        else:
            self.notify(visible(text), markup=False, timeout=4)

    def go_to(self, pane: Widget) -> None:
        """Give a pane the focus; one that has no room beside the others is called up first."""
        self.set_class(isinstance(pane, BranchTree), "show-tree")
        self.set_class(isinstance(pane, ContentList), "show-list")
        if pane.focusable:
            pane.focus()
        else:
            self.act(self._focus_when_shown(pane))

    async def _focus_when_shown(self, pane: Widget) -> None:
        is_laid_out = asyncio.Event()
        self.call_after_refresh(is_laid_out.set)
        await is_laid_out.wait()
        pane.focus()

    def attempt(self, work: Coroutine[Any, Any, None], *, group: str = "background") -> None:
        """Do something that may be refused; a refusal is told, and nothing else is lost."""
        self.run_worker(self._attempted(work), group=group, exit_on_error=False)

    def act(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what a key asked for: like `attempt`, but the next key waits until it is done."""
        self._count_acting(1)
        self.run_worker(self._acted(work), group="actions", exit_on_error=False)

    async def ask(self, question: Screen[Answer]) -> Answer | None:
        """Show a screen in the course of an action and return what it was left with."""
        self._count_acting(-1)
        try:
            return await self.app.push_screen_wait(question)
        finally:
            self._count_acting(1)

    @property
    def is_acting(self) -> bool:
        """Whether an action is under way that is not waiting for an answer."""
        return self._acting > 0

    async def _acted(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await self._attempted(work)
        finally:
            self._count_acting(-1)

    def _count_acting(self, more: int) -> None:
        """Hold the keys while an action is under way that may open a screen."""
        self._acting += more
        if self._key_hold is not None and (more > 0 or not self._acting):
            self._key_hold.release()
            self._key_hold = None
        if more > 0 and isinstance(self.app, TypeAheadApp):
            self._key_hold = self.app.hold_keys()

    async def _attempted(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except RedraftError as error:
            self.tell(str(error), is_problem=True)
        except ScreenStackError:
            self.log("The screen was left while an action was under way.")
