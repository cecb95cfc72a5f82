"""The chat pane: shows a conversation, follows what is written, and has a cursor on turns."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from operator import attrgetter
from time import monotonic
from typing import Final

from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer

from tui.commands import Scope, bindings
from tui.widgets.chat.clicking import clicked_selection
from tui.widgets.chat.conversation import START, Column, Place
from tui.widgets.chat.folding import FoldingCanvas
from tui.widgets.chat.items import ChatItem, ChatView, Role
from tui.widgets.chat.marking import first_marked
from tui.widgets.chat.styles import CHAT_CSS
from tui.widgets.chat.updates import Pending, frame_due
from tui.widgets.text_selection import clicked_character
from tui.widgets.typeahead import TypeAheadApp

SCROLL_STEP: Final = 3
"""Rows that an arrow key scrolls."""


class ChatPane(FoldingCanvas, can_focus=True):
    """A conversation of any length; only what is on the screen is drawn."""

    DEFAULT_CSS = CHAT_CSS
    BINDINGS = bindings(Scope.CHAT)

    view: reactive[ChatView] = reactive(ChatView(""), repaint=False)
    """What is shown. Another key is shown from its end; of the same one only what differs is
    drawn again, about ten times a second, and a reader who is elsewhere stays there."""

    class TurnSelected(Message):
        """The turn cursor was moved by the reader."""

        def __init__(self, turn: int) -> None:
            super().__init__()
            self.turn = turn

    class LinkClicked(Message):
        """A link in the text was clicked; nothing was opened. `url` is untrusted."""

        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    def __init__(self, *, id: str | None = None, end_key: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self.set_reactive(ChatPane.end_key, end_key)
        self._pending = Pending()
        self._given = ChatView("")
        self._flush_timer: Timer | None = None
        self._flushed_at = 0.0
        """When text was drawn last, in seconds of `monotonic`."""

    # What the pane is given

    def watch_view(self, view: ChatView) -> None:
        """Show another conversation, or what changed in the one that is shown."""
        before, self._given = self._given, view
        if view.marks != before.marks:
            self._marked_words = view.marks
            self.refresh()
        if view.key != before.key:
            self.show(view.items)
            return
        turn = view.changed_from(before)
        if turn is not None:
            first = bisect_left(view.items, turn, key=attrgetter("turn"))
            self.update_from(turn, view.items[first:])

    def follow(self) -> None:
        """Go to the end, and stay there while text is added; no turn is selected any more."""
        self._select(0)
        self.action_go_end()

    def show(self, items: Sequence[ChatItem], *, follow: bool = True) -> None:
        """Replace the whole conversation; at its end with `follow`, else at its start."""
        self._pending.clear()
        self.unfolded.clear()
        self._column = Column(self._column.look)
        self._column.replace_from(0, items)
        self._kept.clear()
        self._place = START
        self._is_following = follow
        self._seen = None
        self._is_held = False
        self.selected_turn = 0
        self._settle()

    def update_from(self, turn: int, items: Sequence[ChatItem]) -> None:
        """Replace the items of `turn` and later; drawn at once when none of them is still open.

        Text that grows is drawn about ten times a second, and less often while keys come.
        """
        self._pending.add(turn, items)
        wait = self._seconds_to_frame() if any(item.is_open for item in items) else 0.0
        if wait <= 0 or not self.is_running:
            self._flush()
        elif self._flush_timer is None:
            self._flush_timer = self.set_timer(wait, self._flush_late)

    def _seconds_to_frame(self) -> float:
        now = monotonic()
        key = now - self.app.seconds_since_key if isinstance(self.app, TypeAheadApp) else 0.0
        return frame_due(self._flushed_at, key) - now

    def scroll_to_turn(self, turn: int) -> None:
        """Select a turn and bring its start to the top, as far as there is text below it."""
        self._flush()
        rows = self._column.turn_rows(turn)
        if rows is not None:
            self._select(turn)
            self._go_to(self._column.find(rows[0]))

    def scroll_to_found(self, turn: int, roles: Collection[Role]) -> None:
        """Select a turn and bring its first marked word in such items into view, else its start."""
        self.scroll_to_turn(turn)
        place = first_marked(self._column, turn, roles, self._marked_words)
        if place is None:
            return
        room = self.scrollable_content_region.height
        row = self._column.row_of(place)
        if not round(self.scroll_y) <= row < round(self.scroll_y) + room - 1:
            self._go_to(self._column.find(max(0, row - room // 3)))

    def _flush_late(self) -> None:
        self._flush_timer = None
        if not self._pending.has_items:
            return
        wait = self._seconds_to_frame()
        if wait > 0:  # A key came meanwhile.
            self._flush_timer = self.set_timer(wait, self._flush_late)
        else:
            self._flush()

    def _flush(self) -> None:
        """Show the updates that wait."""
        if not self._pending.has_items:
            return
        self._flushed_at = monotonic()
        turn, items = self._pending.take()
        if any(item.is_open for item in items):
            self._grew_at = self._flushed_at
        column = self._column
        is_first = not len(column)
        finished = column.finished_drafts(turn)
        if not self._is_following and self._seen is None:
            self._seen = column.end()
        column.replace_from(turn, self.with_folds(items))
        self._settle()
        new = [index for key, index in column.finished_drafts(turn).items() if key not in finished]
        if new and self._is_following and not is_first:
            self._hold_draft(new[-1])

    def _hold_draft(self, index: int) -> None:
        """Show a new draft from its top, unless all from there to the end is in view."""
        top = Place(index, 0, int(index > 0))
        is_shown = bool(self.scrollable_content_region.height)
        if self._column.look.width and (not is_shown or top < self._place):
            self._hold(top)

    # The reader

    def action_line(self, direction: int) -> None:
        """Scroll a few rows down (1) or up (-1)."""
        step = direction * SCROLL_STEP
        self.scroll_to(y=round(self.scroll_y) + step, animate=False)

    def action_fold(self) -> None:
        """Fold or unfold the turn that `foldable_turn` gives; without one, scroll a page."""
        turn = self.foldable_turn()
        if turn:
            self.toggle(turn)
        else:
            self.action_page(1)

    def action_page(self, direction: int) -> None:
        """Scroll a page down (1) or up (-1)."""
        step = max(1, self.scrollable_content_region.height - 2)
        self.scroll_to(y=round(self.scroll_y) + direction * step, animate=False)

    def action_go_start(self) -> None:
        """Go to the start."""
        self._go_to(START)

    def action_go_end(self) -> None:
        """Go to the end, and follow it."""
        self._is_following = True
        self._settle()

    def action_next_turn(self) -> None:
        """Move the cursor to the next turn and show it from its start."""
        self._step(1)

    def action_previous_turn(self) -> None:
        """Show the selected turn from its start; where that is in view, go to the turn before."""
        rows = self._column.turn_rows(self.selected_turn) if self.selected_turn else None
        if rows is not None and rows[0] < round(self.scroll_y):
            self._bring_in(self.selected_turn)
        else:
            self._step(-1)

    def _step(self, direction: int) -> None:
        turns = self._column.turns
        if not turns:
            self.action_line(direction)
            return
        if self.selected_turn not in turns:
            top, room = round(self.scroll_y), self.scrollable_content_region.height
            here = self._column.turn_at(self._column.find(top + room // 2).index)
            self._select(here or turns[0])
            return
        position = turns.index(self.selected_turn) + direction
        if 0 <= position < len(turns):
            self._select(turns[position])
            self._bring_in(turns[position])
        elif direction > 0:
            self.action_go_end()
        else:
            self.action_go_start()

    def _bring_in(self, turn: int) -> None:
        """Scroll so that a turn is seen whole, or from its start when it is too tall for that."""
        rows = self._column.turn_rows(turn)
        if rows is None:
            return
        room = self.scrollable_content_region.height - self._has_mark
        self._column.measure_rows(max(0, rows[0] - room), rows[1])
        first, last = self._column.turn_rows(turn) or rows
        top = round(self.scroll_y)
        if first < top or last > top + room:
            self._go_to(self._column.find(max(0, first)))

    def _keep_cursor_in_view(self, top: int, room: int) -> None:
        """Move the cursor with the view: no command is about a turn out of view.

        At the end of the conversation no turn is selected, which means the last one.
        """
        rows = self._column.turn_rows(self.selected_turn) if self.selected_turn else None
        if rows is None or (rows[0] < top + room and top < rows[1]):
            return
        middle = self._column.turn_at(self._column.find(top + room // 2).index)
        self._select(0 if self._is_following or self._is_at_end else middle)

    def _select(self, turn: int) -> None:
        if turn != self.selected_turn:
            self.selected_turn = turn
            self.post_message(self.TurnSelected(turn))

    def on_click(self, event: events.Click) -> None:
        """Report a click on a link; otherwise select the turn, and text by quick clicks."""
        if event.chain > 1:
            # Textual would select the whole conversation.
            event.prevent_default()
        if self._has_mark and event.y == self.size.height - 1:
            self.follow()
            return
        link = event.style.meta.get("chat_link")
        if isinstance(link, str):
            self.post_message(self.LinkClicked(link))
            return
        row = round(self.scroll_y) + event.y
        if not len(self._column) or row >= self._column.height:
            return
        place = self._column.find(row)
        turn = self._column.turn_at(place.index)
        line = self._column.line(place)
        self._select(turn or self.selected_turn)
        # Text that was selected by dragging ends in a click too.
        if line is not None and line.is_handle and self.text_selection is None:
            self.toggle(turn)
        elif event.chain > 1:
            self._select_text(event)

    def _select_text(self, event: events.Click) -> None:
        """Select what the last of a chain of clicks means."""
        at = clicked_character(self, event)
        if at is not None:
            selection = clicked_selection(self._column, at, self._margin, event.chain)
            self.screen.selections = {} if selection is None else {self: selection}

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Show the cursor more or less strongly."""
        super().watch_has_focus(_has_focus)
        self.refresh()
