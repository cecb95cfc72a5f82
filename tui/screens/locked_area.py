"""A text area in which some stretches may not be changed."""

from textual.message import Message
from textual.reactive import reactive
from textual.widgets.text_area import Document, Edit, EditResult

from tui.domain.frozen import frozen
from tui.domain.guarding import carried
from tui.domain.passage import Span, shifted
from tui.widgets.writing_area import WritingArea


@frozen
class _LockStep:
    """An undo step that locks or unlocks words, and does not change the text."""

    edits: int
    """How many batches of edits could be undone when the step was made."""
    before: tuple[Span, ...]
    after: tuple[Span, ...]


class LockedArea(WritingArea):
    """Refuses edits that would change locked words; with the text around them they move."""

    locked: reactive[tuple[Span, ...]] = reactive((), repaint=False)
    """The locked stretches of the document, in order."""

    class LockTouched(Message):
        """An edit of locked words was refused; or undo or redo took them away (`is_gone`)."""

        def __init__(self, *, is_gone: bool = False) -> None:
            super().__init__()
            self.is_gone = is_gone

    class LocksSet(Message):
        """The writer locked or unlocked words."""

    def __init__(self, *arguments: object, **named: object) -> None:
        """Take the arguments of `TextArea`."""
        self._undoable: list[_LockStep] = []
        self._redoable: list[_LockStep] = []
        super().__init__(*arguments, **named)  # type: ignore[arg-type]

    @property
    def held(self) -> Document:
        """The document, which converts between locations and positions in the text."""
        assert isinstance(self.document, Document)
        return self.document

    def lock_words(self, locks: tuple[Span, ...]) -> None:
        """Lock these words and no others, as an undo step of its own."""
        if locks == self.locked:
            return
        self.history.checkpoint()
        edits = len(self.history.undo_stack)
        self._undoable = [step for step in self._undoable if step.edits <= edits]
        self._undoable.append(_LockStep(edits, self.locked, locks))
        self._redoable.clear()
        self._set(locks)

    def _set(self, locks: tuple[Span, ...]) -> None:
        self.locked = locks
        self.post_message(self.LocksSet())

    def edit(self, edit: Edit) -> EditResult:
        """Make an edit, unless it would change locked words: then `LockTouched` is posted."""
        self._redoable.clear()
        if not self.locked:
            return super().edit(edit)
        place = self.held.get_index_from_location
        start, end = sorted((place(edit.from_location), place(edit.to_location)))
        locks = shifted(self.locked, Span(start, end), len(edit.text))
        if locks is None:
            text = self.text
            after = text[:start] + edit.text + text[end:]
            places = carried(text, self.locked, after)
            locks = tuple(sorted(span for span in places if span is not None))
            if len(locks) < len(self.locked):
                self.app.bell()
                self.post_message(self.LockTouched())
                return EditResult(edit.from_location, "")
        result = super().edit(edit)
        self.locked = locks
        return result

    def undo(self) -> None:
        """Undo the last edits, or the last change of the locks; locks follow their words."""
        if self._undoable and self._undoable[-1].edits == len(self.history.undo_stack):
            step = self._undoable.pop()
            self._redoable.append(step)
            self._set(step.before)
            return
        before = self.text
        super().undo()
        self._follow_locks(before)

    def redo(self) -> None:
        """Redo what was undone last; locks follow their words."""
        if self._redoable and self._redoable[-1].edits == len(self.history.undo_stack):
            step = self._redoable.pop()
            self._undoable.append(step)
            self._set(step.after)
            return
        before = self.text
        super().redo()
        self._follow_locks(before)

    def _follow_locks(self, before: str) -> None:
        if not self.locked:
            return
        places = carried(before, self.locked, self.text)
        kept = tuple(sorted(span for span in places if span is not None))
        if len(kept) < len(self.locked):
            self.post_message(self.LockTouched(is_gone=True))
        self.locked = kept
