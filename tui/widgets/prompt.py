"""The prompt: where the writer tells Claude what to do."""

from dataclasses import replace
from typing import ClassVar, Final

from rich.text import Text
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult, Location, Selection, TextAreaTheme

from tui.commands import Scope, bindings, keymap_of
from tui.domain.frozen import frozen
from tui.domain.passage import Span
from tui.widgets.folds import OPEN, SHOWN, Folds, as_typed, marker_around
from tui.widgets.writing_area import WritingArea

MOST_BLINKS: Final = 20
"""Half seconds without a key after which the cursor stops blinking, as in other programs."""


@frozen
class PromptView:
    """What the screen puts into the prompt."""

    text: str = ""
    revision: int = 0
    """Counts the texts that are put into the field: with the same revision `text` is ignored."""
    placeholder: str = ""
    folded: tuple[Span, ...] = ()
    """Stretches of `text` that were folded when it was typed."""


@frozen
class Submission:
    """A prompt that the writer sent; the field is empty again."""

    text: str
    number: int
    """Counts the submissions, so that the same text can be sent twice."""


class PromptBox(WritingArea):
    """A text field that grows with its text.

    `value` and `submission` are set in the moment a key is handled: whoever watches them has the
    text before the next key comes, so nothing typed is ever between two places.

    A long text that is pasted is folded: in `text` and the document a marker stands for it, which
    is inserted, passed by the cursor, deleted and undone as a whole. `value` has the text itself.
    """

    BINDINGS = bindings(Scope.PROMPT)
    LEAVING_KEYS: ClassVar[frozenset[str]] = frozenset({"slash", "up"})
    """Keys that open something while the prompt is empty, so that keys typed after them wait."""

    view: reactive[PromptView] = reactive(PromptView(), repaint=False)
    """What the screen puts into the field."""
    value: reactive[str] = reactive("", repaint=False)
    """The text in the field, unfolded."""
    submission: reactive[Submission | None] = reactive[Submission | None](None, repaint=False)
    """What was sent last."""

    class Upward(Message):
        """The writer went up from the empty field."""

    class Paged(Message):
        """The writer pages up (-1) or down (1) where the whole text is in view."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    class Slashed(Message):
        """The writer typed a slash into the empty field, which does not hold it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            id=id, soft_wrap=True, show_line_numbers=False, compact=True, tab_behavior="focus"
        )
        self.highlight_cursor_line = False
        # Nobody handles them, and each would pass six widgets at each key: `value` has the text.
        self.disable_messages(TextArea.Changed, TextArea.SelectionChanged)
        self._styled: TextAreaTheme | None = None
        """What has the looks of the text, once they are worked out."""
        self._blinks = 0
        self._folds = Folds()

    def watch_view(self, before: PromptView, view: PromptView) -> None:
        """Take over a text that was not typed here, with the cursor at its end."""
        self.placeholder = view.placeholder
        if view.revision != before.revision and view.text != self.value:
            self.load_text(view.text, view.folded)
            self.move_cursor(self.document.end)

    def load_text(self, text: str, folded: tuple[Span, ...] = ()) -> None:
        """Put a text in place of what is there, with markers for what was `folded` in it."""
        self._folds.forget()
        super().load_text(self._folds.fold_loaded(text, folded))
        self.value = text

    @property
    def folded(self) -> tuple[Span, ...]:
        """The stretches of `value` that a marker stands for."""
        return self._folds.spans(self.text)

    def edit(self, edit: Edit) -> EditResult:
        """Make an edit; every change that a key makes goes through this method."""
        start, end = self._whole(edit.top, edit.bottom)
        text = edit.text if len(edit.text) < 2 else self._folds.fold(as_typed(edit.text))
        removed = self.document.get_text_range(start, end)
        if OPEN in removed:
            self.history.checkpoint()
        result = super().edit(Edit(text, start, end, edit.maintain_selection_offset))
        if OPEN in removed:
            self.history.checkpoint()
        self._take_value()
        return replace(result, replaced_text=self._folds.unfold(result.replaced_text))

    def undo(self) -> None:
        """Undo the last edits."""
        super().undo()
        self._take_value()

    def redo(self) -> None:
        """Redo what was undone last."""
        super().redo()
        self._take_value()

    def get_text_range(self, start: Location, end: Location) -> str:
        """Return the text between two locations, unfolded."""
        return self._folds.unfold(super().get_text_range(start, end))

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is shown."""
        line = super().get_line(line_index)
        if OPEN in line.plain:
            line.plain = line.plain.translate(SHOWN)
        return line

    def validate_selection(self, selection: Selection) -> Selection:
        """Keep both ends of the selection out of markers."""
        before = self.selection
        return Selection(
            self._edge(selection.start, before.start), self._edge(selection.end, before.end)
        )

    def _take_value(self) -> None:
        self.value = self._folds.unfold(self.text)

    def _whole(self, start: Location, end: Location) -> tuple[Location, Location]:
        """Return a range, widened so that each marker is inside or outside as a whole."""
        if start == end:
            edge = self._edge(end, end)
            return edge, edge
        first, last = self._marker(start), self._marker(end)
        return (start if first is None else first[0]), (end if last is None else last[1])

    def _edge(self, location: Location, before: Location) -> Location:
        """Return a location; in place of one inside a marker an edge of that marker.

        From one edge (`before`) the cursor goes to the other, from elsewhere to the nearer one.
        """
        marker = self._marker(location)
        if marker is None:
            return location
        start, end = marker
        if before in marker:
            return end if before == start else start
        return start if location[1] - start[1] < end[1] - location[1] else end

    def _marker(self, location: Location) -> tuple[Location, Location] | None:
        """Return the edges of the marker that a location is inside of; None outside."""
        row, column = location
        if row >= self.document.line_count:
            return None
        around = marker_around(self.document.get_line(row), column)
        return None if around is None else ((row, around[0]), (row, around[1]))

    async def _on_key(self, event: events.Key) -> None:
        keymap = keymap_of(self.app)
        if event.key in keymap["prompt.send"].keys.split(","):
            self._take(event)
            self.action_send()
        elif event.key in keymap["prompt.newline"].keys.split(","):
            self._take(event)
            self.action_newline()
        elif event.character == "/" and not self.text:
            self._take(event)
            self.post_message(self.Slashed())
        elif event.key == "up" and not self.text:
            self._take(event)
            self.post_message(self.Upward())
        else:
            await super()._on_key(event)

    @staticmethod
    def _take(event: events.Key) -> None:
        event.stop()
        event.prevent_default()

    def action_send(self) -> None:
        """Send what was typed, and be empty again at once: the next sentence is another prompt."""
        text, number = self.value, self.submission.number if self.submission else 0
        if not text.strip():
            return
        self.submission = Submission(text, number + 1)
        self.load_text("")

    def notify_style_update(self) -> None:
        """Work the looks of the text out anew."""
        self._styled = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows; Textual would work the looks of all parts out for each frame."""
        if self._styled is not self._theme:
            self._theme.apply_css(self)
            self._styled = self._theme
        return super(TextArea, self).render_lines(crop)

    def _restart_blink(self) -> None:
        self._blinks = 0
        super()._restart_blink()

    def _toggle_cursor_blink_visible(self) -> None:
        """Stop after `MOST_BLINKS`: a cursor that does not blink costs nothing."""
        self._blinks += 1
        if self._blinks < MOST_BLINKS:
            super()._toggle_cursor_blink_visible()
        else:
            self._pause_blink(visible=True)

    def action_newline(self) -> None:
        """Break the line."""
        self.break_line()

    def action_cursor_page_up(self) -> None:
        """Page up in the text; where there is nothing more of it, in the conversation."""
        if self.max_scroll_y:
            super().action_cursor_page_up()
        else:
            self.post_message(self.Paged(-1))

    def action_cursor_page_down(self) -> None:
        """Page down in the text; where there is nothing more of it, in the conversation."""
        if self.max_scroll_y:
            super().action_cursor_page_down()
        else:
            self.post_message(self.Paged(1))
