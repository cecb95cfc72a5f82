"""The full-screen editor of a draft."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.command import CommandPalette
from textual.containers import Container, Horizontal
from textual.events import AppBlur, DescendantBlur, ScreenSuspend

from tui.commands import Scope, bindings, keymap_of
from tui.domain.checks import checked_note
from tui.domain.errors import RedraftError
from tui.domain.passage import Span
from tui.domain.place import PLAIN_EDITOR, EditorModes, Side
from tui.domain.prose import HeadingPlace, headings
from tui.screens.draft_area import DraftArea
from tui.screens.edited_piece import SOME_PIECE, EditedPiece
from tui.screens.editor_commands import Handlers, text_handlers
from tui.screens.editor_heading import EditorHeading
from tui.screens.editor_notice import EditorNotice
from tui.screens.editor_side import WIDE, EditorSide
from tui.screens.find_bar import FindBar
from tui.screens.frame import FullScreen, Hint, HintLine, command_hint
from tui.screens.headings import HeadingProvider
from tui.screens.name import NameScreen
from tui.screens.page_width import page_width
from tui.screens.passage import PassageWork, ask_about_passage
from tui.screens.question import QuestionScreen
from tui.screens.spot_line import SpotLine
from tui.screens.text_keeper import Locks, TextKeeper
from tui.widgets.lean_compositor import LeanScreen

_FINDING: Final = ("editor.find_next", "editor.find_previous", "editor.replace_all")
"""Commands that the bottom line names while the find bar is open."""


_ROOM_FOR: Final[tuple[str, ...]] = (
    "editor.undo",
    "editor.heading",
    "editor.select_more",
    "editor.focus_mode",
)
"""Commands that the bottom line names where there is room."""


class EditorScreen(FullScreen[str | None], LeanScreen[str | None]):
    """Edits a text; returns it when it was saved and differs, otherwise None."""

    CSS_PATH: ClassVar = [*FullScreen.CSS_PATH, Path(__file__).with_name("editor.tcss")]
    BINDINGS = bindings(Scope.EDITOR)

    def __init__(
        self,
        title: str,
        text: str,
        *,
        words_before: int | None,
        unsaved: str | None = None,
        unsaved_locks: Locks | None = None,
        keep: Callable[[str, Locks], None] | None = None,
        modes: EditorModes = PLAIN_EDITOR,
        keep_modes: Callable[[EditorModes], None] | None = None,
        piece: EditedPiece = SOME_PIECE,
        passages: PassageWork | None = None,
        locks: tuple[Span, ...] = (),
        cursor: int = 0,
    ) -> None:
        """Edit `text`; the change in words is counted from `words_before`, unless it is None.

        `keep` is given the text and its locks at every change, also back to the text at the start;
        of a long text a few times a second at most, and when the focus leaves.

        `keep_modes` is given the modes whenever they change; they begin as `modes`.

        `piece` is what is known about the piece, such as its kind and its goal for the day.

        `passages` has Claude work on a part of the text; `locks` are the locked stretches of the
        text. The cursor begins at the position `cursor`.

        `unsaved` is a text that an earlier editor was left with, and `unsaved_locks` are its locks:
        the text is put in as an edit, which can be undone.
        """
        super().__init__()
        self._keep_modes = keep_modes
        self._is_asking = False
        self._unsaved, self._unsaved_locks = unsaved, unsaved_locks
        self._area = DraftArea(text, id="draft")
        self._keeper = TextKeeper(self, self._area, keep)
        self._modes = modes
        self._heading = EditorHeading(title, self._area, piece, words_before)
        self._find_bar = FindBar(self._area)
        self._passages = passages
        self.locks = locks
        """What is locked in the text that was saved."""
        self._cursor = cursor
        self.note = ""
        """The note with which the writer saved the text."""
        self._side = EditorSide(self._area, text)
        self._spot_line = SpotLine(self._area, piece)
        self._handlers = {**text_handlers(self._area), **self._own_handlers()}

    @property
    def cursor(self) -> int:
        """The position of the cursor in the text."""
        return self._area.selected_span[1]

    @property
    def unsaved(self) -> str | None:
        """The text as it stands, when it differs from the one that was given."""
        return self._area.draft if self._area.is_changed else None

    def compose(self) -> ComposeResult:
        """Compose heading, notice, text and keys."""
        yield self._heading
        yield EditorNotice(self._area)
        with Horizontal(id="desk"):
            with Container(id="page"):
                yield self._area
            yield self._side
        yield self._find_bar
        yield self._spot_line
        yield HintLine(self._hints(), self._more_hints())

    def on_mount(self) -> None:
        """Begin in the text, with its words counted."""
        self._area.draft_locks = self.locks
        if self._unsaved is not None:
            self._area.take_up(self._unsaved)
        elif self._cursor:
            self.call_after_refresh(self.go_to, min(self._cursor, len(self._area.text)))
        if self._unsaved_locks is not None:
            self._area.draft_locks = self._unsaved_locks
        self._area.styles.max_width = page_width(self.app)
        self._area.modes = self._modes
        self._area.focus()

    def _hints(self) -> Iterable[Hint]:
        names = ["editor.save", "editor.leave", "editor.passage", "editor.find", "palette"]
        if self._find_bar.is_open:
            names = [*_FINDING, "editor.leave", "editor.undo"]
        elif self._area.spots:
            # In the place of another one: a second row of keys would move the text.
            names = [*names[:3], "editor.next_spot", "editor.find"]
        return tuple(command_hint(self, name) for name in names)

    def _more_hints(self) -> Iterable[Hint]:
        names = () if self._find_bar.is_open else _ROOM_FOR
        if names and self._area.spots:
            names = ("palette", *names)
        return tuple(command_hint(self, name) for name in names)

    def _show_hints(self) -> None:
        self.query_one(HintLine).show(self._hints(), self._more_hints())

    @on(DraftArea.Changed)
    def _text_changed(self) -> None:
        if self not in self.app.screen_stack:
            return  # The editor was left: what it handed over is saved, or discarded.
        self._find_bar.text_changed()
        self._heading.text_changed()
        self._spot_line.text_changed()
        self._keeper.text_changed()
        self._side.text_changed()

    @on(DraftArea.LocksSet)
    def _locks_set(self) -> None:
        self._keeper.text_changed()

    @on(DraftArea.SelectionChanged)
    def _cursor_moved(self) -> None:
        self._area.follow_cursor()
        self._spot_line.cursor_moved()
        self._side.cursor_moved()
        self._heading.cursor_moved()

    @on(DescendantBlur)
    @on(AppBlur)
    @on(ScreenSuspend)
    def _focus_left(self) -> None:
        self._keeper.hand_over_pending()

    def keep_text(self) -> None:
        """Hand over the text as it stands, when it differs from the one that was given."""
        if self.unsaved is not None:
            self._keeper.hand_over()

    @on(SpotLine.Checked)
    def _checked(self) -> None:
        self._heading.show_counts()
        self._show_hints()

    # -- commands ------------------------------------------------------------------------------

    def _own_handlers(self) -> Handlers:
        """Return the commands of the parts of the screen, and of the screen as a whole."""
        find_bar, spot_line = self._find_bar, self._spot_line
        return {
            "editor.find": self._find,
            "editor.find_next": partial(find_bar.step, 1),
            "editor.find_previous": partial(find_bar.step, -1),
            "editor.replace_all": find_bar.replace_all,
            "editor.next_spot": partial(spot_line.step, 1),
            "editor.previous_spot": partial(spot_line.step, -1),
            "editor.add_word": spot_line.add_word,
            "editor.language": spot_line.ask_language,
            "editor.goal": self._heading.ask_goal,
            "editor.heading": self._choose_heading,
            "editor.focus_mode": self._toggle_focus_mode,
            "editor.typewriter": self._toggle_typewriter,
            "editor.side": self._turn_side,
            "editor.lock": self._toggle_lock,
            "editor.passage": self._ask_about_passage,
            "editor.save": self._save,
            "editor.save_note": self._save_with_note,
            "editor.leave": self._leave,
        }

    def action_command(self, command_id: str) -> None:
        """Do what a command of the editor says."""
        self._handlers[command_id]()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Replace only while the line for it is in view."""
        if parameters == ("editor.replace_all",) and not self._find_bar.is_open:
            return False
        return super().check_action(action, parameters)

    def _find(self) -> None:
        self._find_bar.open()
        self._show_hints()

    def _choose_heading(self) -> None:
        if self.headings():
            wanted = "Go to a heading"
            self.app.push_screen(CommandPalette([HeadingProvider], placeholder=wanted))
        else:
            self.app.notify("There is no heading yet. A line that begins with # is one.")

    def headings(self) -> Sequence[HeadingPlace]:
        """Return the headings of the text."""
        return headings(self._area.text)

    def go_to(self, at: int) -> None:
        """Go to a position in the text, and scroll it into the middle of the view."""
        self._area.select(at, at)
        self._area.scroll_cursor_visible(center=True)

    # -- modes ---------------------------------------------------------------------------------

    def _toggle_focus_mode(self) -> None:
        modes = self._area.modes
        self._set_modes(replace(modes, is_focused=not modes.is_focused))

    def _toggle_typewriter(self) -> None:
        modes = self._area.modes
        self._set_modes(replace(modes, is_typewriter=not modes.is_typewriter))

    def _set_modes(self, modes: EditorModes) -> None:
        self._area.modes = modes
        if self._keep_modes is not None:
            self._keep_modes(modes)

    def _turn_side(self) -> None:
        width = self.app.size.width
        if width < WIDE:
            needs = f"A pane beside the text needs {WIDE} columns; this terminal has {width}."
            self.app.notify(needs, markup=False)
            return
        self._set_modes(replace(self._area.modes, side=self._area.modes.side.following))
        self._show_side()

    def on_resize(self) -> None:
        """Show what stands beside the text where there is room."""
        self._show_side()

    def _show_side(self) -> None:
        has_room = self.app.size.width >= WIDE
        self._side.turn_to(self._area.modes.side if has_room else Side.NONE)

    @on(EditorSide.GoTo)
    def _go_to_chosen(self, event: EditorSide.GoTo) -> None:
        self.go_to(event.at)

    # -- with Claude ---------------------------------------------------------------------------

    def _toggle_lock(self) -> None:
        try:
            is_locked = self._area.toggle_lock()
        except RedraftError as problem:
            self.app.notify(str(problem), markup=False)
            return
        notice = "Locked: Claude may not change these words." if is_locked else "Unlocked."
        self.app.notify(notice, markup=False)

    @on(DraftArea.LockTouched)
    def _lock_touched(self, event: DraftArea.LockTouched) -> None:
        if event.is_gone:
            self.app.notify("Undo took locked words away; they are not locked any more.")
        else:
            key = keymap_of(self.app).key("editor.lock")
            self.app.notify(f"These words are locked. {key} unlocks them.", markup=False)

    @work
    async def _ask_about_passage(self) -> None:
        if self._passages is None:
            self.app.notify("Claude works on a piece that is open in the studio.")
            return
        if self._is_asking:
            return
        self._is_asking = True
        try:
            draft = await ask_about_passage(self.app, self._area, self._passages)
        except RedraftError as problem:
            self.app.notify(str(problem), severity="error", markup=False)
        else:
            self._heading.words_before = draft.words
            self.locks = draft.locks
            self._heading.text_changed()
        finally:
            self._is_asking = False
            self._area.focus()

    # -- the end -------------------------------------------------------------------------------

    def _save(self) -> None:
        self.locks = self._area.draft_locks
        self.dismiss(self._area.draft if self._area.is_changed else None)

    @work
    async def _save_with_note(self) -> None:
        asks = NameScreen(
            "Save with a note", label="What did you change?", check=checked_note, accept="Save"
        )
        note = await self.app.push_screen_wait(asks)
        if note is not None:
            self.note = note
            self._save()

    @property
    def _is_changed(self) -> bool:
        return self._area.is_changed or self._area.draft_locks != self.locks

    @work
    async def _leave(self) -> None:
        """Close what is open below the text; else return None, asking first if it was changed."""
        if self._find_bar.is_open:
            self._find_bar.close()
            self._show_hints()
            return
        if self._spot_line.display:
            self._spot_line.close()
            return
        if self._is_asking:
            return
        if not self._is_changed:
            self.dismiss(None)
            return
        choices = (("s", "Save"), ("d", "Discard"))
        self._is_asking = True
        answer = await self.app.push_screen_wait(QuestionScreen("Save the changes?", choices))
        self._is_asking = False
        if answer == "s":
            self._save()
        elif answer == "d":
            self.dismiss(None)
        else:
            self._area.focus()
