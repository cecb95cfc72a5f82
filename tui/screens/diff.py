"""What one version changed against another, in words."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize

from tui.commands import Scope, bindings
from tui.domain.content import Author, Content, Version
from tui.domain.diff import DiffKind, DiffLine, compare
from tui.domain.ids import BranchId
from tui.domain.words import count_words
from tui.screens.diff_layout import side_by_side, unified
from tui.screens.frame import FullScreen, Heading, Hint, HintLine, command_hint
from tui.widgets.page import Page
from tui.widgets.reader import SMALL_TEXT, Reader
from tui.widgets.text import one_line

WIDE: Final = 120
"""Columns from which on the two texts stand side by side unless it is switched."""
BRANCH_WIDTH: Final = 24
"""Cells for the name of another branch."""


class DiffScreen(FullScreen[int | None]):
    """Compares version `number` with `against`, by default with the version it followed.

    Returns the number of the version that is to be the draft again, None when it was left.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.DIFF)

    def __init__(
        self,
        content: Content,
        number: int,
        *,
        against: int | None = None,
        branch: BranchId | None = None,
    ) -> None:
        """Compare two versions of `content`; raises `NotFound` for a number it does not have.

        Versions of another branch than `branch` (without it: that of the version) are named so.
        """
        super().__init__()
        self._content = content
        self._version = content.version(number)
        self._branch = branch or self._version.branch
        before = self._version.before if against is None else against
        self._before = None if before is None else content.version(before)
        self._is_side_by_side: bool | None = None
        self._is_shown_beside = False
        self._words = ""
        self._lines: tuple[DiffLine, ...] = ()
        self._characters = 0

    def compose(self) -> ComposeResult:
        """Compose two rows of heading, the comparison and the keys."""
        yield Heading(self._content.title, id="diff-heading")
        yield Heading("", id="diff-facts")
        yield Reader(id="diff")
        yield HintLine(self._hints())

    def on_mount(self) -> None:
        """Begin to compare."""
        self.query_one("#diff", Reader).focus()
        self._compare()

    def on_resize(self, _: Resize) -> None:
        """Take the view that suits the width, unless it was switched by hand."""
        if self._lines and self.is_side_by_side != self._is_shown_beside:
            self._show(self._stop)

    @property
    def shown_versions(self) -> tuple[int | None, int]:
        """Numbers of the version before (None: nothing) and of the version after."""
        return (None if self._before is None else self._before.number), self._version.number

    @property
    def is_side_by_side(self) -> bool:
        """Whether the two texts stand next to each other."""
        if self._is_side_by_side is None:
            return self._before is not None and self.app.size.width >= WIDE
        return self._is_side_by_side

    def _hints(self) -> Iterable[Hint]:
        labels = {
            "diff.view": "One below the other" if self.is_side_by_side else "Side by side",
            "diff.take": f"Use v{self._version.number}",
        }
        names = ["diff.next", "diff.previous", "diff.older", "diff.newer", "diff.view"]
        if self._is_older:
            names.append("diff.take")
        for name in (*names, "diff.leave"):
            yield command_hint(self, name, labels.get(name, ""))

    @property
    def _is_older(self) -> bool:
        """Whether there is a newer text than the one on screen."""
        draft = self._content.draft(self._branch)
        return draft is not None and draft.sha256 != self._version.sha256

    @work(exclusive=True, group="compare")
    async def _compare(self) -> None:
        before = "" if self._before is None else self._before.text
        facts = self.query_one("#diff-facts", Heading)
        facts.title, facts.facts, self._words = self._route(), "comparing…", ""
        self._lines, self._words, self._characters = await asyncio.to_thread(
            _compared, before, self._version.text
        )
        self._show(0)
        self._tell_facts()

    @on(Reader.StopReached)
    def _tell_facts(self) -> None:
        reader = self.query_one("#diff", Reader)
        if not self._words:
            return
        place = _place(reader.stop, len(reader.page.stops), is_whole=reader.is_whole)
        facts = self._words, place if reader.is_ready else "", self._origin()
        self.query_one("#diff-facts", Heading).facts = " · ".join(fact for fact in facts if fact)

    def _origin(self) -> str:
        version = self._version
        if version.author is not Author.CLAUDE:
            return "combined" if version.author is Author.COMBINED else "by you"
        for numbered in self._content.line(version.branch):
            if numbered.turn.version == version.number:
                return f"by Claude in turn {numbered.number}"
        return "by Claude"

    def _route(self) -> str:
        after = self._named(self._version)
        before = self._before
        return f"{after}, the first" if before is None else f"{self._named(before)} → {after}"

    def _named(self, version: Version) -> str:
        """Name a version, with its branch unless that is the one on the screen behind."""
        name = f"v{version.number}"
        if version.branch == self._branch:
            return name
        branch = one_line(self._content.branch(version.branch).name, BRANCH_WIDTH)
        return f"{name} of “{branch}”"

    @property
    def _stop(self) -> int:
        """Number of the change that is being read, the first one before it."""
        return max(0, self.query_one("#diff", Reader).stop)

    def _show(self, stop: int) -> None:
        """Lay the comparison out, and show it from the top or at change number `stop`."""
        self.query_one(HintLine).show(self._hints())
        self._is_shown_beside = self.is_side_by_side
        lines, lay_out = self._lines, side_by_side if self.is_side_by_side else unified

        def page(width: int) -> Page:
            return lay_out(lines, width)

        is_small = self._characters <= SMALL_TEXT
        self.query_one("#diff", Reader).show(page, is_small=is_small, stop=stop)

    def action_step(self, direction: int) -> None:
        """Go to the version one older or newer, compared with the one it followed."""
        number = self._version.number + direction
        if not 1 <= number <= len(self._content.versions):
            end = "newest" if direction > 0 else "first"
            named = self._named(self._version)
            self.notify(f"{named} is the {end} version.", markup=False)
            return
        self._version = self._content.version(number)
        before = self._version.before
        self._before = None if before is None else self._content.version(before)
        self._compare()

    def action_switch_view(self) -> None:
        """Change between side by side and unified."""
        self._is_side_by_side = not self.is_side_by_side
        self._show(self._stop)

    def action_jump(self, direction: int) -> None:
        """Go to the next or the previous change."""
        reader = self.query_one("#diff", Reader)
        if not reader.jump(direction):
            told = _nowhere(direction, len(reader.page.stops), is_whole=reader.is_whole)
            self.notify(told, markup=False, timeout=2)

    def action_take(self) -> None:
        """Return the number of the version on screen, unless it is the draft."""
        if self._is_older:
            self.dismiss(self._version.number)
        else:
            self.notify(f"v{self._version.number} is the draft.", markup=False)

    def action_leave(self) -> None:
        """Close the comparison."""
        self.dismiss(None)


def _place(stop: int, count: int, *, is_whole: bool) -> str:
    """Return which change is being read, or only how many there are when that tells nothing."""
    if not count:
        return ""
    if count == 1 or is_whole or stop < 0:
        return f"{count} change" + "s" * (count > 1)
    return f"change {stop + 1} of {count}"


def _nowhere(direction: int, count: int, *, is_whole: bool) -> str:
    """Return why there is no change to go to."""
    if not count:
        return "There is no change."
    if is_whole:
        every = f"All {count} changes are" if count > 1 else "The only change is"
        return f"{every} on screen."
    if count == 1:
        return "There is no other change."
    return f"No change {'after' if direction > 0 else 'before'} this one."


def _compared(before: str, after: str) -> tuple[tuple[DiffLine, ...], str, int]:
    """Return the lines, what changed in words, and the characters there are to lay out."""
    lines = compare(before, after)
    counts = {DiffKind.ADDED: 0, DiffKind.REMOVED: 0}
    size = 0
    for line in lines:
        for span in line.spans:
            size += len(span.text)
            if span.kind in counts:
                counts[span.kind] += count_words(span.text)
    added, removed = counts[DiffKind.ADDED], counts[DiffKind.REMOVED]
    if not added and not removed:
        return lines, "same words" if before != after else "same text", size
    changes = [sign + str(count) for sign, count in (("+", added), ("−", removed)) if count]
    return lines, f"{' '.join(changes)} words", size
