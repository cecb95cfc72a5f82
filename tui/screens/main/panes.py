"""The panes of the main screen and their layout."""

from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive

from tui.commands import Keymap
from tui.domain.queue import Queue
from tui.screens.main import texts
from tui.screens.main.sizes import THREE_FROM, Shape
from tui.screens.main.views import Titles, View
from tui.screens.main.workspace import Pane
from tui.widgets.branches import BranchTree, ForkView
from tui.widgets.chat.items import ChatView
from tui.widgets.chat.pane import ChatPane
from tui.widgets.contents import ContentList, Listing
from tui.widgets.preview import Preview, PreviewView
from tui.widgets.prompt import PromptBox, PromptView
from tui.widgets.queue import QueueList
from tui.widgets.search import SearchBox
from tui.widgets.titled import SidePane, TitledPane

WIDTHS: Final = [(0, "-tiny"), (40, "-narrow"), (80, "-medium"), (120, "-wide"), (160, "-roomy")]
"""Columns, and the class that the screen has from so many on, which its style sheet goes by."""
HEIGHTS: Final = [(0, "-flat"), (12, "-tall")]
"""The same for lines."""


class Panes(Horizontal):
    """The six panes, each bound to its part of the view."""

    view: reactive[View] = reactive(View(), repaint=False)
    listing: reactive[Listing] = reactive(Listing(), repaint=False)
    chat: reactive[ChatView] = reactive(ChatView(""), repaint=False)
    queue: reactive[Queue] = reactive(Queue(), repaint=False)
    forks: reactive[ForkView] = reactive(ForkView(), repaint=False)
    preview: reactive[PreviewView] = reactive(PreviewView(), repaint=False)
    prompt: reactive[PromptView] = reactive(PromptView(), repaint=False)
    contents_title: reactive[str] = reactive("", repaint=False)
    piece_title: reactive[str] = reactive("", repaint=False)
    draft_facts: reactive[tuple[str, ...]] = reactive((), repaint=False)
    prompt_title: reactive[str] = reactive("", repaint=False)
    branches_title: reactive[str] = reactive("", repaint=False)
    question: reactive[str] = reactive("", repaint=False)

    class Wanted(Message):
        """The writer goes from one pane on to another."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane = pane

    class Sized(Message):
        """The writer gave the list or the tree another width, in cells."""

        def __init__(self, pane: Pane, width: int) -> None:
            super().__init__()
            self.pane = pane
            self.width = width

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._keymap = keymap
        self._shape: Shape | None = None
        """The shape that the panes have."""
        self._titles: Titles | None = None
        """The titles that stand in their frames."""

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        names, kind = self._keymap.names, Panes
        contents = SidePane(is_left=True, id="contents", classes="pane")
        with contents.data_bind(heading=kind.contents_title):
            yield SearchBox(placeholder=texts.SEARCH, id="search", compact=True)
            yield ContentList(id="list").data_bind(listing=kind.listing)
        talk = TitledPane(id="talk", classes="pane")
        with talk.data_bind(heading=kind.piece_title, facts=kind.draft_facts):
            yield ChatPane(id="chat", end_key=names["end"]).data_bind(view=kind.chat)
            yield QueueList(self._keymap, id="queue").data_bind(queue=kind.queue)
            frame = TitledPane(id="prompt-frame")
            with frame.data_bind(heading=kind.prompt_title, alert=kind.question):
                yield PromptBox(id="prompt").data_bind(view=kind.prompt)
        forks = SidePane(is_left=False, id="branches", classes="pane")
        with forks.data_bind(heading=kind.branches_title):
            yield BranchTree(id="tree").data_bind(forks=kind.forks)
            yield Preview(id="preview").data_bind(preview=kind.preview)

    def watch_view(self, view: View) -> None:
        """Give every pane its part."""
        self.listing, self.chat, self.queue = view.listing, view.chat, view.queue
        self.forks, self.preview, self.prompt = view.forks, view.preview, view.prompt
        if view.shape != self._shape:
            self._lay_out()
        titles = view.titles
        if titles != self._titles:
            self._titles = titles
            self.contents_title, self.piece_title = titles.contents, titles.piece
            self.draft_facts, self.prompt_title = titles.draft, titles.prompt
            self.branches_title, self.question = titles.branches, titles.question
        if view.is_searching and not self.has_class("searching"):
            self.query_one(SearchBox).value = ""
        self.set_class(view.is_searching, "searching")

    def on_resize(self, _event: events.Resize) -> None:
        """Share the new room."""
        self._lay_out()

    def _lay_out(self) -> None:
        """Share the room between the panes; what keeps its width is not laid out anew."""
        shape, columns = self.view.shape, self.app.size.width
        self._shape = shape
        wide = shape.widths(columns)
        self.set_class(shape.is_tree_whole, "whole-tree")
        self.set_class(wide.preview > 0, "beside")
        for pane, width in (("#contents", wide.list), ("#branches", wide.tree)):
            self.query_one(pane).styles.width = width or "1fr"
        # By hand and not by classes: another class has everything below it styled anew.
        is_there = shape.shown(columns)
        self.query_one("#contents").display = is_there.list
        self.query_one("#talk").display = is_there.talk
        self.query_one("#branches").display = is_there.tree
        self.query_one(Preview).styles.width = wide.preview or "1fr"
        # Notices stand in the frame of the conversation.
        left = wide.list if is_there.talk and is_there.list else 0
        right = wide.tree if is_there.talk and is_there.tree and columns >= THREE_FROM else 0
        for rack in self.screen.query("ToastRack"):
            rack.styles.padding = (self.region.y + 1, right + 1, 0, left + 1)

    @on(SidePane.Dragged)
    def _pane_dragged(self, event: SidePane.Dragged) -> None:
        event.stop()
        pane = Pane.LIST if event.control.id == "contents" else Pane.TREE
        self.post_message(self.Sized(pane, event.width))

    @on(BranchTree.PreviewPaged)
    def _preview_paged(self, event: BranchTree.PreviewPaged) -> None:
        event.stop()
        self.query_one(Preview).page(event.direction)

    @on(PromptBox.Upward)
    def _prompt_left(self) -> None:
        if self.queue.prompts:
            self.post_message(self.Wanted(Pane.QUEUE))

    @on(QueueList.Left)
    def _queue_left(self) -> None:
        self.post_message(self.Wanted(Pane.PROMPT))

    @on(SearchBox.Done)
    def _search_done(self) -> None:
        self.post_message(self.Wanted(Pane.LIST))

    @on(PromptBox.Paged)
    def _prompt_paged(self, event: PromptBox.Paged) -> None:
        """Page through the conversation while a prompt is typed."""
        event.stop()
        self.query_one(ChatPane).action_page(event.direction)
