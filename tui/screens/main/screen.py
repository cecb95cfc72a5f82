"""The main screen: composes the panes, binds their values, and routes keys and messages."""

from collections.abc import Sequence
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.command import CommandPalette
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.commands import Scope, bindings
from tui.messages import ConversationOver, TurnHappened
from tui.screens.frame import stay_styled, take_size
from tui.screens.main import texts
from tui.screens.main.actions import Actions
from tui.screens.main.dispatch import Dispatch
from tui.screens.main.options import MainOptions
from tui.screens.main.pane_focus import PANE_WIDGETS, PaneFocus
from tui.screens.main.panes import HEIGHTS, WIDTHS, Panes
from tui.screens.main.places import palette_places
from tui.screens.main.screen_ui import ScreenUi, click
from tui.screens.main.ui import WorkspaceState
from tui.screens.main.unsent import swept
from tui.screens.main.views import View, Views
from tui.screens.main.workspace import Pane, Workspace, at
from tui.screens.palette import Place
from tui.widgets.bottomline import BottomLine, BottomView
from tui.widgets.branches import BranchTree
from tui.widgets.chat.pane import ChatPane
from tui.widgets.contents import ContentList
from tui.widgets.lean_compositor import LeanScreen
from tui.widgets.prompt import PromptBox, Submission
from tui.widgets.queue import QueueList

TICK: Final = 1 / 8  # Seconds between looks at a turn that runs; none while nothing runs.
FOLLOW_AFTER: Final = 0.5  # Seconds for the first frame before the library is watched.


class MainScreen(LeanScreen[None]):
    """Pieces on the left, the conversation in the middle, its branches on the right.

    What is shown is one value, the `Workspace`. Commands change it; every change is projected onto
    `view`, which the panes are bound to.
    """

    BINDINGS = bindings(Scope.EVERYWHERE, Scope.PANES)
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    AUTO_FOCUS = ""

    view: reactive[View] = reactive(View(), repaint=False)
    bottom: reactive[BottomView] = reactive(BottomView(), repaint=False)

    def __init__(self, options: MainOptions) -> None:
        super().__init__(is_drawn_with_focus=True)
        self._options = options
        self._keymap = options.keymap
        self._focus = PaneFocus(self, self._pane_changed)
        self._ui = ScreenUi(self, options, self._focus)
        self._views = Views(options)
        self._state = WorkspaceState(self._project)
        self._do = do = Actions(options, self._state, self._ui, lambda: self.app.size.width)
        self.saver = do.saver
        self._dispatch = Dispatch(self._keymap, self._state, self._ui, do.pieces, do.handlers)
        self._ticker: Timer | None = None
        self._is_slashed = False

    def compose(self) -> ComposeResult:
        """Lay out banner, panes and bottom line."""
        take_size(self)
        if self._options.banner:
            yield Static(self._options.banner, id="banner", markup=False)
        yield Panes(self._keymap, id="panes").data_bind(MainScreen.view)
        yield BottomLine(id="bottom").data_bind(view=MainScreen.bottom)
        yield Static(texts.TOO_SMALL, id="too-small", markup=False)

    def on_mount(self) -> None:
        """Show what was there last time, then keep it up to date."""
        self.watch(self.query_one(PromptBox), "value", self._prompt_typed, init=False)
        self.watch(self.query_one(PromptBox), "submission", self._prompt_sent, init=False)
        self._ticker = self.set_interval(TICK, self._tick, pause=True)
        for problem in self._options.problems:
            self._ui.show_notice(problem, is_problem=True)
        self._project(self._state.now)
        self._ui.start(self._begin(), holds_keys=True)

    async def _begin(self) -> None:
        await self._ui.guarded(self._do.begin())
        self.set_timer(FOLLOW_AFTER, lambda: self._ui.start(self._do.library.follow()))
        self._ui.focus(Pane.LIST if self._state.now.content is None else Pane.PROMPT)
        self._ui.start(self._do.setup.check_login())

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        stay_styled(self, event)

    async def on_unmount(self) -> None:
        """Save what is typed, however one leaves."""
        await self._ui.guarded(self.keep_everything())

    async def keep_everything(self) -> None:
        """Save all that is typed and not sent or saved."""
        await self.saver.save_now()

    def interrupt(self) -> bool:
        """Stop Claude on the branch on screen; False when nothing ran."""
        return self._do.prompts.stop()

    def paste_elsewhere(self, text: str, *, is_waiting: bool = False) -> bool:
        """Put a text that was pasted outside a field into the prompt, not sent."""
        return self._do.program.paste(text, is_waiting=is_waiting)

    def say_that_keys_wait(self) -> None:
        """Say that what is typed waits, and what can be done about it."""
        self._do.program.say_that_keys_wait()

    def palette_places(self) -> Sequence[Place]:
        """Return what the command palette finds by name, beside the commands."""
        go_to, start = self._do.pieces.go_to, self._ui.start
        return palette_places(self._state.now, lambda *to: start(go_to(*to), holds_keys=True))

    async def palette_angles(self) -> Sequence[Place]:
        """Return the angles that fit the piece on screen."""
        return await self._do.angles.offered()

    def palette_target(self, scope: Scope) -> Widget:
        """Return the pane in which commands of a scope act, or the screen itself."""
        widget = PANE_WIDGETS.get(scope)
        return self if widget is None else self.query_one(widget)

    # -- values down -------------------------------------------------------------------------

    def _project(self, ws: Workspace) -> None:
        """Show the next workspace."""
        self.view = self._views.view(ws, self._do.chat.view(ws), self._do.questions.waiting(ws))
        self.bottom = self.view.bottom
        self.saver.watch(ws)
        if self._ticker is not None:
            (self._ticker.pause if ws.live is None else self._ticker.resume)()

    def _tick(self) -> None:
        if self._do.chat.is_due(self._state.now):
            self._project(self._state.now)

    # -- commands ----------------------------------------------------------------------------

    def action_command(self, command_id: str) -> None:
        """Do what a command of the table says."""
        self._dispatch.run(command_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return None, which dims a command, while it cannot be done."""
        can_be_done = action != "command" or self._dispatch.is_enabled(str(parameters[0]))
        return True if can_be_done else None

    def on_key(self, event: events.Key) -> None:
        """Say why the command on a key does nothing now, unless the pane has that key.

        The commands of the panes are not heard in the search field.
        """
        is_searching = self._state.now.focus is Pane.SEARCH
        why = "" if is_searching else self._dispatch.why_dead(event.key)
        active = self.active_bindings.get(event.key) if why or is_searching else None
        if active is not None and active.node is self:
            event.stop()
            if why:
                self._ui.show_notice(why, is_problem=True)
        elif event.is_printable:
            self._dispatch.tell_elsewhere(event.key)

    # -- messages up -------------------------------------------------------------------------

    def _prompt_typed(self, text: str) -> None:
        self._do.prompts.typed(text, self.query_one(PromptBox).folded)

    def _prompt_sent(self, submission: Submission | None) -> None:
        if submission is not None:
            self._do.prompts.submit(submission.text)

    @on(TurnHappened)
    async def _turn_happened(self, message: TurnHappened) -> None:
        await self._ui.guarded(self._do.prompts.handle(message))
        self._do.questions.handle(message)

    @on(ConversationOver)
    async def _conversation_over(self, message: ConversationOver) -> None:
        await self._ui.guarded(self._do.prompts.handle_over(message))

    @on(events.DescendantFocus)
    def _pane_focused(self, event: events.DescendantFocus) -> None:
        self._focus.arrived(event.widget)

    def _pane_changed(self, pane: Pane) -> None:
        now = self._state.now if pane is Pane.QUEUE else swept(self._state.now)
        self._state.put(at(now, pane))

    @on(ContentList.CursorMoved)
    def _list_cursor_moved(self, event: ContentList.CursorMoved) -> None:
        self._ui.start(self._do.pieces.look(event.content_id))

    @on(ContentList.Opened)
    async def _piece_opened(self, event: ContentList.Opened) -> None:
        await self._ui.guarded(self._do.pieces.look(event.content_id))
        self._focus.go(Pane.PROMPT)

    @on(BranchTree.TreeMessage)
    async def _tree_message(self, event: BranchTree.TreeMessage) -> None:
        await self._ui.guarded(self._do.tree.handle(event))

    @on(ChatPane.TurnSelected)
    def _turn_selected(self, event: ChatPane.TurnSelected) -> None:
        self._state.put(at(self._state.now, chat_turn=event.turn))

    @on(ChatPane.LinkClicked)
    def _link_clicked(self, event: ChatPane.LinkClicked) -> None:
        self._ui.start(self._do.links.choose((event.url,)))

    @on(QueueList.About)
    async def _queue_changed(self, event: QueueList.About) -> None:
        await self._ui.guarded(self._do.queue.handle(event))

    @on(Panes.Sized)
    def _pane_sized(self, event: Panes.Sized) -> None:
        self._do.room.set_width(event.pane, event.width)

    @on(Panes.Wanted)
    def _pane_wanted(self, event: Panes.Wanted) -> None:
        self._focus.go(event.pane)

    @on(PromptBox.Slashed)
    def _slash_typed(self) -> None:
        self._is_slashed = True
        self.app.action_command_palette()

    def palette_closed(self, event: CommandPalette.Closed) -> None:
        """Leave a plain slash in the prompt when the palette that it opened was left."""
        if self._is_slashed and not event.option_selected:
            self.query_one(PromptBox).insert("/")
        self._is_slashed = False

    @on(BottomLine.Clicked)
    async def _hint_clicked(self, event: BottomLine.Clicked) -> None:
        await click(self, self._keymap[event.command])

    @on(Input.Changed, "#search")
    def _search_typed(self, event: Input.Changed) -> None:
        if self._state.now.search is not None:
            self._ui.start(self._do.pieces.search(event.value), group="search")
