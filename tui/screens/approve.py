"""The screen on which a writer reads the exact text and approves it."""

import asyncio
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import partial
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content as Shown
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.commands import Scope, bindings
from tui.domain.content import Approval, Content, Version
from tui.domain.diff import compare
from tui.domain.locks import broken_locks
from tui.domain.person import another
from tui.domain.readiness import Spot, looked_over
from tui.domain.status import Status
from tui.domain.words import counted, text_hash
from tui.screens.diff import DiffScreen
from tui.screens.diff_words import changed_words
from tui.screens.frame import (
    FirstMoment,
    FullScreen,
    Heading,
    Hint,
    HintLine,
    command_hint,
)
from tui.screens.question import QuestionScreen
from tui.widgets.page import Page, plain_page
from tui.widgets.reader import Reader
from tui.widgets.text import fitting, one_line, visible

READING_WIDTH: Final = 96
"""Columns at which the text is wrapped, at most."""

FINE: Final = "Nothing looks unfinished."
NAME_WIDTH: Final = 24
"""Cells for the name of a person, a machine or a branch in the facts."""
MOST_FINDINGS: Final = 200
"""Findings that are listed; of the others their number is told."""
_NOT_INTACT: Final = "This is not the text that was saved: its SHA-256 differs."


class ApproveDecision(StrEnum):
    """What the writer decided about the text."""

    APPROVE = "approve"
    BACK_TO_DRAFT = "back_to_draft"
    CHECK = "check"


class FactsLine(Widget):
    """One row: a sentence of the first of some facts, as many as fit without one being cut."""

    facts: reactive[tuple[str, ...]] = reactive(())

    def render(self) -> Shown:
        """Draw the row; a first fact that does not fit alone is cut."""
        width = self.content_size.width
        said = fitting(self.facts, width - 1, ", ")
        return Shown(one_line(f"{said}." if said else "", width))


class ApproveScreen(FullScreen[ApproveDecision | None]):
    """Shows one version to be read; returns the decision, None when it was left."""

    BINDINGS = bindings(Scope.APPROVE)

    def __init__(self, content: Content, version: Version, *, here: str = "") -> None:
        """Show `version` of `content`; `here` is the id of who works here."""
        super().__init__()
        self._content = content
        self._version = version
        self._here = here
        self._moment = FirstMoment()
        self._spots: tuple[Spot, ...] = ()
        self._spot: int | None = None
        """The finding that was gone to last."""

    def compose(self) -> ComposeResult:
        """Compose heading, facts, checks, the text and the keys."""
        version = self._version
        branch = self._content.branch(version.branch).name
        facts = f"v{version.number} · {counted(version.words)} · {branch}"
        yield Heading(self._content.title, facts, id="approve-heading")
        yield Static(self._hash_line(), id="hash")
        yield FactsLine(id="since")
        yield OptionList(Option(Shown("Reading the text…")), id="checks", compact=True)
        yield Reader(most_columns=READING_WIDTH, id="text")
        yield HintLine(self._hints())

    def on_mount(self) -> None:
        """Show the text, then what is found out about it."""
        reader = self.query_one("#text", Reader)
        text = self._version.text
        reader.show(partial(_page, text, ()), size=len(text))
        reader.focus()
        self.call_after_refresh(self._moment.begin)
        self._examine()

    def _hints(self) -> Iterable[Hint]:
        diff = "Diff since approval" if self._content.approval else ""
        names = ["approve.approve", "approve.check", "approve.diff"]
        if any(spot.line for spot in self._spots):
            names.append("approve.next")
        if self._content.status is not Status.DRAFT:
            names.append("approve.to_draft")
        for name in (*names, "approve.leave"):
            yield command_hint(self, name, diff if name == "approve.diff" else "")

    def _hash_line(self) -> Shown:
        digest = self._version.sha256
        return Shown.assemble("SHA-256 ", (digest[:12], "bold"), digest[12:])

    @work
    async def _examine(self) -> None:
        content, version = self._content, self._version
        spots = await asyncio.to_thread(_spots_of, content, version)
        since = await asyncio.to_thread(_since_approval, content, version, self._here)
        self._spots = spots[:MOST_FINDINGS]
        self.query_one(FactsLine).facts = since
        said = [("!", spot.sentence) for spot in self._spots]
        if len(spots) > MOST_FINDINGS:
            said.append(("!", f"And {len(spots) - MOST_FINDINGS} more like these."))
        checks = self.query_one("#checks", OptionList)
        said = said or [("✓", FINE)]
        checks.set_options(Option(_finding(mark, text)) for mark, text in said)
        checks.can_focus = bool(self._spots)
        checks.highlighted = None
        self.query_one("#text", Reader).redraw(partial(_page, version.text, self._spots))
        self.query_one(HintLine).show(self._hints())

    @on(OptionList.OptionSelected, "#checks")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._go_to(event.option_index)
        self.query_one("#text").focus()

    def action_jump(self, direction: int) -> None:
        """Go to the next or the previous place in the text that is to be looked at."""
        places = [number for number, spot in enumerate(self._spots) if spot.line]
        if not places:
            self.notify(FINE if not self._spots else "There is no place to go to.", markup=False)
            return
        if self._spot is None:
            wanted = places[0 if direction > 0 else -1]
        else:
            ahead = [one for one in places if (one - self._spot) * direction > 0]
            wanted = min(ahead, key=lambda one: abs(one - (self._spot or 0)), default=self._spot)
        self._go_to(wanted)

    def _go_to(self, number: int) -> None:
        """Show the place of a finding, and mark the finding in the list."""
        if number >= len(self._spots):
            return
        self._spot = number
        self.query_one("#checks", OptionList).highlighted = number
        if self._spots[number].line:
            reader = self.query_one("#text", Reader)
            reader.mark(number)
            reader.see(number)

    @property
    def takes_answers(self) -> bool:
        """Whether what is pressed now is meant for this screen."""
        return self._moment.is_over

    @work
    async def action_decide(self, decision: str) -> None:
        """Return a decision; one that costs money, or takes an approval back, is asked about."""
        if not self.takes_answers:
            return
        wanted = ApproveDecision(decision)
        if wanted is ApproveDecision.CHECK:
            question = "Ask Claude whether this text is ready? That is one more turn."
            choices = (("n", "Not now"), ("c", "Ask Claude"))
            if await self.app.push_screen_wait(QuestionScreen(question, choices)) != "c":
                return
        elif wanted is ApproveDecision.BACK_TO_DRAFT:
            question = f"Take “{self._content.title}” back to draft?"
            choices = (("k", "Keep it as it is"), ("d", "Back to draft"))
            if await self.app.push_screen_wait(QuestionScreen(question, choices)) != "d":
                return
        self.dismiss(wanted)

    def action_show_diff(self) -> None:
        """Show over this screen what changed since the approval, else since the version before."""
        approval = self._content.approval
        against = None if approval is None else approval.version
        self.app.push_screen(
            DiffScreen(
                self._content,
                self._version.number,
                against=against,
                can_choose=False,
                here=self._here,
            )
        )

    def action_leave(self) -> None:
        """Return None: nothing changes."""
        self.dismiss(None)


def _finding(mark: str, text: str) -> Shown:
    colour = "$text-success" if mark == "✓" else "$text-warning"
    return Shown.assemble((f"{mark} ", f"bold {colour}"), visible(text))


def _page(text: str, spots: Sequence[Spot], width: int) -> Page:
    """Lay the text out; the rows on which a finding begins stand out, and are its stops."""
    page = plain_page(visible(text), width)
    rows, stops = list(page.rows), []
    for number, spot in enumerate(spots):
        row = bisect_left(page.lines, spot.line - 1) if spot.line else 0
        stops.append(min(row, max(0, len(rows) - 1)))
        if spot.line and row < len(rows):
            rows[row] = tuple((run, f"finding#{number}") for run, _ in rows[row])
    return Page(rows, page.lines, stops, page.parts)


def _spots_of(content: Content, version: Version) -> tuple[Spot, ...]:
    """Look the text over, the worst first; slow for a long one, so it runs in a thread."""
    approval = content.approval
    approved = None if approval is None else content.version(approval.version).text
    is_intact = text_hash(version.text) == version.sha256
    return (
        *(() if is_intact else (Spot(_NOT_INTACT),)),
        *(Spot(said) for said in broken_locks(content, version)),
        *looked_over(version.text, kind=content.kind, approved=approved),
    )


def _since_approval(content: Content, version: Version, here: str) -> tuple[str, ...]:
    """Return what differs from the approved text, and who approved that, when and where.

    Slow for a long text, so it runs in a thread.
    """
    approval = content.approval
    if approval is None:
        return ("Never approved before",)
    before = content.version(approval.version)
    approved, *where = _approved(approval, here)
    facts = (*where, _origin(content, before))
    if before.number == version.number:
        return (f"Approved {approved}", *facts)
    if approval.sha256 == version.sha256:
        return (f"Same text as v{before.number}", f"approved {approved}", *facts)
    words = changed_words(compare(before.text, version.text), is_same=False)
    return (f"{words} since v{before.number}".capitalize(), f"approved {approved}", *facts)


def _approved(approval: Approval, here: str) -> tuple[str, ...]:
    """Return by whom and when, and where: `by Maren Ost on 3 Mar 2026, 14:05` and `at desk`."""
    at, by = approval.at.astimezone(), approval.by
    who = "by you " if by.id else ""
    if other := another(by, here):
        who = f"by {one_line(other, NAME_WIDTH)} "
    where = (f"at {one_line(by.host, NAME_WIDTH)}",) if by.host else ()
    return (f"{who}on {at.day} {at:%b %Y, %H:%M}", *where)


def _origin(content: Content, version: Version) -> str:
    name = one_line(content.branch(version.branch).name, NAME_WIDTH)
    return f"from “{name}”" + (f" turn {version.after_turn}" if version.after_turn else "")
