"""The prompts that wait for Claude, between the conversation and the prompt."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, TextArea
from textual.widgets.option_list import Option

from tui.domain.queue import Queue, QueuedPrompt
from tui.widgets.text import one_line

GOING = "Queued · sent when Claude is done"
GOING_KEYS = "Queued · enter edits · x removes · J K move"
HELD = "Held · Q, then enter sends"
HELD_WHILE_TYPING = "Held · shift+tab, then enter sends"
HELD_KEYS = "Held · enter sends · e edits · x removes · J K move"


class QueueList(OptionList):
    """Shows the queue of the branch on screen and says what the writer wants of a prompt in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "next_row", show=False, id="queue.down"),
        Binding("up,k", "previous_row", show=False, id="queue.up"),
        Binding("e", "edit", show=False, id="queue.edit"),
        Binding("x,delete", "remove", show=False, id="queue.remove"),
        Binding("J,shift+down", "move(1)", show=False, id="queue.move_down"),
        Binding("K,shift+up", "move(-1)", show=False, id="queue.move_up"),
    ]

    class About(Message):
        """A key was pressed on a prompt."""

        def __init__(self, prompt: QueuedPrompt, place: int) -> None:
            super().__init__()
            self.prompt = prompt
            self.place = place
            """Where it stood when the key was pressed."""

    class Chosen(About):
        """The writer pressed Enter on a prompt."""

    class Edited(About):
        """The writer wants a prompt back to change it."""

    class Removed(About):
        """The writer takes a prompt out, or brings it back."""

    class Moved(About):
        """The writer moves a prompt: `by` 1 is later, -1 is sooner."""

        def __init__(self, prompt: QueuedPrompt, place: int, by: int) -> None:
            super().__init__(prompt, place)
            self.by = by

    class Left(Message):
        """The writer went on down from the last prompt."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self.display = False
        self._queue = Queue()
        self._shown: tuple[Queue, int] | None = None

    def show(self, queue: Queue) -> None:
        """Show a queue; the cursor stays on its prompt. Nothing is shown of an empty one."""
        current, place = self.current, self.highlighted or 0
        self._queue = queue
        self.display = bool(queue.prompts)
        with self.prevent(OptionList.OptionHighlighted):
            if self._shown != (queue, self._text_width):
                self._shown = (queue, self._text_width)
                self.set_options(self._options_of(queue))
            if queue.prompts:
                same = [n for n, prompt in enumerate(queue.prompts) if prompt is current]
                self.highlighted = same[0] if same else min(place, len(queue.prompts) - 1)
        self._show_title(is_focused=self.has_focus)

    def come_from_below(self) -> None:
        """Put the cursor on the prompt one probably means: the last one, or the first to send."""
        self.highlighted = 0 if self._queue.is_held else len(self._queue.prompts) - 1

    @property
    def current(self) -> QueuedPrompt | None:
        """The prompt under the cursor."""
        place = self.highlighted
        in_queue = place is not None and place < len(self._queue.prompts)
        return self._queue.prompts[place] if place is not None and in_queue else None

    @property
    def _text_width(self) -> int:
        return max(8, self.scrollable_content_region.width - 2)

    def _options_of(self, queue: Queue) -> Sequence[Option]:
        return [self._option(queue, place) for place in range(len(queue.prompts))]

    def _option(self, queue: Queue, place: int) -> Option:
        prompt = queue.prompts[place]
        if queue.is_sending and place == 0:
            state, style = "sending", "$accent"
        elif prompt.is_removed:
            state, style = "removed, x brings it back", "$text-disabled"
        elif queue.is_held:
            state, style = "held", "$warning"
        else:
            number = str(1 + sum(not before.is_removed for before in queue.prompts[:place]))
            state = f"{number} next" if place == queue.next else number
            style = "$accent"
        state += " · ask · " if prompt.is_asking and not prompt.is_removed else " · "
        text = one_line(" ".join(prompt.text.split()), self._text_width - len(state))
        shown = "$text-disabled strike" if prompt.is_removed else ""
        return Option(Content.assemble((state, style), (text, shown)))

    def _show_title(self, *, is_focused: bool) -> None:
        if is_focused:
            title = HELD_KEYS if self._queue.is_held else GOING_KEYS
        elif self._queue.is_held:
            # A letter goes into the field that has the focus.
            title = HELD_WHILE_TYPING if isinstance(self.screen.focused, TextArea) else HELD
        else:
            title = GOING
        self.border_title = Content(title)

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the prompts to the new width."""
        if self._shown is not None and self._shown[1] != self._text_width:
            self.show(self._queue)

    def on_focus(self, _event: events.Focus) -> None:
        """Name the keys."""
        self._show_title(is_focused=True)

    def on_blur(self, _event: events.Blur) -> None:
        """Name the keys no more, and show what comes first."""
        self._show_title(is_focused=False)
        self.highlighted = 0 if self._queue.prompts else None

    def action_next_row(self) -> None:
        """Go to the next prompt, from the last one out."""
        if self.highlighted is None or self.highlighted >= self.option_count - 1:
            self.post_message(self.Left())
        else:
            self.highlighted += 1

    def action_previous_row(self) -> None:
        """Go to the prompt before."""
        self.highlighted = max(0, (self.highlighted or 0) - 1)

    def action_select(self) -> None:
        """Do what Enter does to the prompt under the cursor."""
        if (prompt := self.current) is not None:
            self.post_message(self.Chosen(prompt, self.highlighted or 0))

    def action_edit(self) -> None:
        """Ask for the prompt under the cursor back."""
        if (prompt := self.current) is not None:
            self.post_message(self.Edited(prompt, self.highlighted or 0))

    def action_remove(self) -> None:
        """Take the prompt under the cursor out, or bring it back."""
        if (prompt := self.current) is not None:
            self.post_message(self.Removed(prompt, self.highlighted or 0))

    def action_move(self, by: int) -> None:
        """Move the prompt under the cursor."""
        if (prompt := self.current) is not None:
            self.post_message(self.Moved(prompt, self.highlighted or 0, by))

    async def _on_click(self, event: events.Click) -> None:
        """Take a clicked prompt back into the field: a click alone never sends anything."""
        event.prevent_default()
        place: int | None = event.style.meta.get("option")
        if place is not None and place < self.option_count:
            self.highlighted = place
            self.action_edit()
