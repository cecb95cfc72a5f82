"""What one version changed against another, in words; its changes can be taken or refused."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.events import Resize

from tui.commands import Scope, bindings
from tui.domain.content import Choice, Content, Refusal
from tui.domain.diff import Comparison
from tui.domain.facts import FactChange
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.screens.diff_layout import DiffView, lay_out
from tui.screens.diff_words import changed_words, compared, named, nowhere, origin, place, route
from tui.screens.edited_piece import EditedPiece
from tui.screens.editor import EditorScreen
from tui.screens.frame import FullScreen, Heading, Hint, HintLine, command_hint
from tui.screens.question import QuestionScreen
from tui.widgets.page import Layout
from tui.widgets.reader import Reader
from tui.widgets.text import middle_cut

WIDE: Final = 120
"""Columns from which on the two texts stand side by side, unless the view was switched."""


@frozen
class BringBack:
    """The writer wants the text of a version to be the draft again."""

    version: int


@frozen
class Chosen:
    """The writer took some changes of a version, refused the others, and perhaps edited more."""

    choice: Choice
    text: str


DiffAnswer = BringBack | Chosen
"""What a writer may want after reading a comparison."""


class DiffScreen(FullScreen[DiffAnswer | None]):
    """Compares version `number` with `against`, by default with the version it followed.

    Returns what is to become of the draft, None when it stays as it is. Changes can be taken or
    refused while the newer text is the draft.
    """

    BINDINGS = bindings(Scope.DIFF)

    def __init__(
        self,
        content: Content,
        number: int,
        *,
        against: int | None = None,
        branch: BranchId | None = None,
        can_choose: bool = True,
        proposal: str = "",
        here: str = "",
    ) -> None:
        """Compare two versions of `content`; raises `NotFound` for a number it does not have.

        Versions of another branch than `branch` (without it: that of the version) are named so.
        Without `can_choose` it can only be read. `here` is the id of who works here. With a
        `proposal`, which the heading says, the version is not saved yet: the screen returns what is
        chosen of it, all of it perhaps.
        """
        super().__init__()
        self._content = content
        self._version = content.version(number)
        self._branch = branch or self._version.branch
        before = self._version.before if against is None else against
        self._before = None if before is None else content.version(before)
        self._can_choose = can_choose
        self._proposal = proposal
        self._here = here
        self._is_side_by_side: bool | None = None
        self._comparison: Comparison | None = None
        self._facts: tuple[FactChange, ...] = ()
        self._view = DiffView()
        self._current = 0
        """Number of the change that is being read."""

    def compose(self) -> ComposeResult:
        """Compose two rows of heading, the comparison and the keys."""
        yield Heading(self._content.title, id="diff-heading")
        yield Heading("", cut=middle_cut, id="diff-facts")
        yield Reader(id="diff")
        yield HintLine(self._hints())

    def on_mount(self) -> None:
        """Begin to compare."""
        self._reader.focus()
        self._compare()

    def on_resize(self, _: Resize) -> None:
        """Take the view that suits the width, unless it was switched by hand."""
        if self._comparison is not None and self.is_side_by_side != self._view.is_side_by_side:
            self._redraw(replace(self._view, is_side_by_side=self.is_side_by_side))

    @property
    def _reader(self) -> Reader:
        return self.query_one("#diff", Reader)

    @property
    def is_side_by_side(self) -> bool:
        """Whether the two texts stand next to each other."""
        if self._is_side_by_side is None:
            return self._before is not None and self.app.size.width >= WIDE
        return self._is_side_by_side

    @property
    def _count(self) -> int:
        return 0 if self._comparison is None else len(self._comparison.changes)

    @property
    def _is_choosable(self) -> bool:
        """Whether changes can be taken and refused: there are some, and they lead to the draft."""
        draft = self._content.draft(self._branch)
        is_draft = draft is not None and draft.number == self._version.number
        return self._can_choose and is_draft and self._before is not None and self._count > 0

    @property
    def _is_older(self) -> bool:
        """Whether there is a newer text than the one on screen."""
        draft = self._content.draft(self._branch)
        return draft is not None and draft.sha256 != self._version.sha256

    # -- what is shown -------------------------------------------------------------------------

    def _hints(self) -> Iterable[Hint]:
        is_refused = self._current in self._view.refused
        labels = {
            "diff.view": "One below the other" if self.is_side_by_side else "Side by side",
            "diff.take": f"Use v{self._version.number}",
            "diff.choose": "Take" if is_refused else "Refuse",
            "diff.open_all": "Whole text" if self._view.is_folded else "Changes only",
        }
        names = ["diff.next", "diff.previous"]
        if self._is_choosable:
            names.append("diff.choose")
        if self._view.refused or self._proposal:
            names += ["diff.save", "diff.edit"]
        else:
            names += ["diff.older", "diff.newer"]
        names += ["diff.view", "diff.open_all"]
        if self._is_older and self._can_choose:
            names.append("diff.take")
        for name in (*names, "diff.leave"):
            yield command_hint(self, name, labels.get(name, ""))

    @work(exclusive=True, group="compare")
    async def _compare(self) -> None:
        before = "" if self._before is None else self._before.text
        heading = self.query_one("#diff-facts", Heading)
        known = route(self._content, self._before, self._version, self._branch)
        heading.title = self._proposal or known
        heading.show_facts(("comparing…",))
        self._comparison = None
        after = self._version.text
        comparison, facts = await asyncio.to_thread(compared, before, after)
        self._comparison, self._facts, self._current = comparison, facts, 0
        self._view = DiffView(is_side_by_side=self.is_side_by_side, facts=facts)
        self._reader.mark(0)
        self._reader.show(self._layout(comparison), size=len(before) + len(after), stop=0)
        self._show_facts()

    def _layout(self, comparison: Comparison) -> Layout:
        return partial(lay_out, comparison, self._view)

    def _redraw(self, view: DiffView) -> None:
        """Show the comparison in another way; the place stays."""
        self._view = view
        if self._comparison is not None:
            self._reader.redraw(self._layout(self._comparison), stop=self._current)
        self._show_facts()

    def _show_facts(self) -> None:
        """Show what is said beside the texts: counts, the place, and the keys."""
        self.query_one(HintLine).show(self._hints())
        if self._comparison is None:
            return
        refused = len(self._view.refused)
        facts = (
            changed_words(self._comparison, is_same=self._is_same_text),
            place(self._current, self._count),
            f"{refused} refused" if refused else "",
            "" if self._proposal else origin(self._content, self._version, self._here),
        )
        self.query_one("#diff-facts", Heading).show_facts(fact for fact in facts if fact)

    @property
    def _is_same_text(self) -> bool:
        return self._before is not None and self._before.sha256 == self._version.sha256

    # -- getting around ------------------------------------------------------------------------

    @work(exclusive=True, group="leave")
    async def action_step(self, direction: int) -> None:
        """Go to the version one older or newer, compared with the one it followed."""
        number = self._version.number + direction
        if self._proposal:
            self.notify("Save or leave your edit first.")
            return
        if not 1 <= number <= len(self._content.versions):
            end = "newest" if direction > 0 else "first"
            name = named(self._content, self._version, self._branch)
            self.notify(f"{name} is the {end} version.", markup=False)
            return
        if not await self._may_drop_choice():
            return
        self._version = self._content.version(number)
        before = self._version.before
        self._before = None if before is None else self._content.version(before)
        self._compare()

    def action_switch_view(self) -> None:
        """Change between side by side and unified."""
        self._is_side_by_side = not self.is_side_by_side
        self._redraw(replace(self._view, is_side_by_side=self._is_side_by_side))

    def action_jump(self, direction: int) -> None:
        """Go to the next or the previous change, counted from what is on screen."""
        reader = self._reader
        place = self._current
        if not reader.is_in_sight(place):
            place = reader.stop_from_top() - (direction > 0)
        wanted = place + direction
        if not 0 <= wanted < self._count:
            self.notify(nowhere(direction, self._count), markup=False, timeout=2)
            return
        self._go_to(wanted)

    def _go_to(self, change: int) -> None:
        self._current = change
        self._reader.mark(change)
        self._reader.see(change)
        self._show_facts()

    def action_open_fold(self) -> None:
        """Open the first fold on screen, or below it."""
        fold = self._reader.first_fold()
        if fold is None:
            self.notify("Nothing is folded here.", markup=False, timeout=2)
        else:
            self._open_fold(fold)

    @on(Reader.FoldClicked)
    def _fold_clicked(self, event: Reader.FoldClicked) -> None:
        self._open_fold(event.fold)

    def _open_fold(self, fold: int) -> None:
        self._redraw(replace(self._view, opened=self._view.opened | {fold}))

    @on(Reader.StopClicked)
    def _change_clicked(self, event: Reader.StopClicked) -> None:
        if event.place < self._count:  # Else the click was on the page of a comparison before.
            self._go_to(event.place)

    def action_open_all(self) -> None:
        """Show the whole text, or fold what is unchanged."""
        is_folded = not self._view.is_folded
        self._redraw(replace(self._view, is_folded=is_folded, opened=frozenset()))

    # -- taking and refusing -------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the text have the key for taking and refusing where no change can be chosen."""
        if action == "choose":
            return self._is_choosable
        return super().check_action(action, parameters)

    def action_choose(self) -> None:
        """Refuse the current change, or take it again, and go on to the next one."""
        if not self._reader.is_in_sight(self._current):
            self._go_to(min(self._reader.stop_from_top(), self._count - 1))
            return
        self._redraw(replace(self._view, refused=self._view.refused ^ {self._current}))
        if self._current + 1 < self._count:
            self._go_to(self._current + 1)

    def action_choose_all(self) -> None:
        """Take all changes; when all are taken already, refuse them."""
        if not self._is_choosable:
            self.notify(self._why_not(), markup=False)
            return
        refused = frozenset() if self._view.refused else frozenset(range(self._count))
        self._redraw(replace(self._view, refused=refused))

    def _why_not(self) -> str:
        if not self._count:
            return "There is no change to take or refuse."
        return "Only the changes of the draft on screen can be taken or refused."

    def action_save_choice(self) -> None:
        """Return the text with the changes that are taken."""
        if not (self._view.refused or self._proposal):
            self.notify("All changes are taken: this is the draft already.", markup=False)
        elif self._comparison is not None:
            self._return(self._comparison, self._comparison.result(self._view.refused))

    @work(exclusive=True, group="edit")
    async def action_edit(self) -> None:
        """Edit the text with the changes that are taken, and return it when it is saved."""
        comparison = self._comparison
        if comparison is None or not self._is_choosable:
            self.notify(self._why_not(), markup=False)
            return
        text = comparison.result(self._view.refused)
        words = self._version.words
        edited = await self.app.push_screen_wait(
            EditorScreen(self._content.title, text, words_before=words, piece=self._piece)
        )
        if edited is not None:
            self._return(comparison, edited)

    @property
    def _piece(self) -> EditedPiece:
        approval = self._content.approval
        approved = None if approval is None else self._content.version(approval.version).text
        return EditedPiece(self._content.kind, approved)

    def _return(self, comparison: Comparison, text: str) -> None:
        refused = sorted(self._view.refused)
        changes = [comparison.changes[number] for number in refused]
        self.dismiss(
            Chosen(
                Choice(
                    self._version.number,
                    self._count - len(refused),
                    self._count,
                    tuple(Refusal(one.before, one.after) for one in changes),
                ),
                text,
            )
        )

    async def _may_drop_choice(self) -> bool:
        """Ask before what was chosen is dropped."""
        refused = len(self._view.refused)
        if not refused:
            return True
        question = f"You refused {refused} of {self._count} changes. Leave without saving?"
        choices = (("k", "Keep choosing"), ("l", "Leave"))
        return await self.app.push_screen_wait(QuestionScreen(question, choices)) == "l"

    def action_take(self) -> None:
        """Return the number of the version on screen, unless it is the draft."""
        if not self._is_older:
            self.notify(f"v{self._version.number} is the draft.", markup=False)
        elif self._can_choose:
            self.dismiss(BringBack(self._version.number))

    @work(exclusive=True, group="leave")
    async def action_leave(self) -> None:
        """Close the comparison."""
        if await self._may_drop_choice():
            self.dismiss(None)
