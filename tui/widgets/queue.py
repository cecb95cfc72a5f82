"""The prompts that wait for Claude, between the conversation and the prompt."""

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList, TextArea
from textual.widgets.option_list import Option

from tui.domain.queue import Queue, QueuedPrompt
from tui.widgets.text import one_line

GOING: Final = "Queued"
HELD: Final = "Held"


class QueueList(OptionList):
    """Shows the queue of the branch on screen and says what the writer wants of a prompt in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", show=False, id="queue.choose"),
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

    queue: reactive[Queue] = reactive(Queue(), init=False)
    """What is shown, with the cursor on the prompt it was on; an empty queue takes no room."""

    def __init__(self, keys: Mapping[str, str], *, id: str | None = None) -> None:  # noqa: A002
        """Take the keys to name in titles and rows: the shown key of each command, by its id.

        Read are `queue`, `previous_pane`, `queue.choose`, `queue.edit`, `queue.remove`,
        `queue.move_down` and `queue.move_up`; what has no key is not named.
        """
        super().__init__(id=id, markup=False)
        self.display = False
        self._keys = keys
        self._fitted_width = 0

    def on_mount(self) -> None:
        """Keep the title true: which keys lead here depends on where the focus is."""
        self.watch(self.screen, "focused", self._show_title, init=False)

    def watch_queue(self, before: Queue, queue: Queue) -> None:
        """Show the prompts, with the cursor on the one it was on."""
        place = self.highlighted or 0
        current = before.prompts[place] if place < len(before.prompts) else None
        same = [n for n, prompt in enumerate(queue.prompts) if prompt is current]
        self.display = bool(queue.prompts)
        self._show(same[0] if same else place)
        self._show_title()

    def _show(self, place: int) -> None:
        self._fitted_width = self._text_width
        count = len(self.queue.prompts)
        with self.prevent(OptionList.OptionHighlighted):
            self.set_options([self._option(self.queue, place) for place in range(count)])
            self.highlighted = min(place, count - 1) if count else None

    def come_from_below(self) -> None:
        """Put the cursor on the prompt one probably means: the last one, or the first to send."""
        self.highlighted = 0 if self.queue.is_held else len(self.queue.prompts) - 1

    @property
    def current(self) -> QueuedPrompt | None:
        """The prompt under the cursor."""
        place = self.highlighted
        in_queue = place is not None and place < len(self.queue.prompts)
        return self.queue.prompts[place] if place is not None and in_queue else None

    @property
    def _text_width(self) -> int:
        return max(8, self.scrollable_content_region.width - 2)

    def _option(self, queue: Queue, place: int) -> Option:
        prompt = queue.prompts[place]
        if queue.is_sending and place == 0:
            state, style = "sending", "$accent"
        elif prompt.is_removed:
            key = self._keys.get("queue.remove")
            state = f"removed, {key} brings it back" if key else "removed"
            style = "$text-disabled"
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

    def _show_title(self) -> None:
        keys, is_held = self._keys, self.queue.is_held
        move = " ".join(keys[name] for name in ("queue.move_down", "queue.move_up") if name in keys)
        choose = keys.get("queue.choose")
        if self.screen.focused is self:
            hints = [
                (choose, "sends" if is_held else "edits"),
                (keys.get("queue.edit") if is_held else None, "edits"),
                (keys.get("queue.remove"), "removes"),
                (move, "move"),
            ]
        elif is_held:
            # A letter goes into the field that has the focus.
            is_typing = isinstance(self.screen.focused, TextArea)
            there = keys.get("previous_pane" if is_typing else "queue")
            hints = [(f"{there}, then {choose}" if there and choose else None, "sends")]
        else:
            hints = [("sent", "when Claude is done")]
        shown = [f"{key} {what}" for key, what in hints if key]
        self.border_title = Content(" · ".join([HELD if is_held else GOING, *shown]))

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the prompts to the new width."""
        if self._fitted_width != self._text_width:
            self._show(self.highlighted or 0)

    def on_blur(self, _event: events.Blur) -> None:
        """Show what comes first."""
        self.highlighted = 0 if self.queue.prompts else None

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
