"""The screen on which a writer reads the exact text and approves it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content as Shown
from textual.widgets import Static

from tui.commands import Scope, bindings
from tui.domain.content import Content, Version
from tui.domain.diff import summary
from tui.domain.readiness import findings
from tui.domain.status import Status
from tui.domain.words import text_hash
from tui.screens.diff import DiffScreen
from tui.screens.frame import FirstMoment, FullScreen, Heading, Hint, HintLine, command_hint
from tui.screens.question import QuestionScreen
from tui.widgets.page import Page, plain_page
from tui.widgets.reader import SMALL_TEXT, Reader
from tui.widgets.text import visible

READING_WIDTH: Final = 96
"""Columns at which the text is wrapped, at most."""

MOST_FINDINGS: Final = 30
"""Findings that are listed; of the others their number is told."""


class ApproveDecision(StrEnum):
    """What the writer decided about the text."""

    APPROVE = "approve"
    BACK_TO_DRAFT = "back_to_draft"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class _Report:
    """What was found out about the text."""

    since: str
    found: tuple[str, ...]
    is_intact: bool


class ApproveScreen(FullScreen[ApproveDecision | None]):
    """Shows one version to be read; returns the decision, None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.APPROVE)

    def __init__(self, content: Content, version: Version) -> None:
        """Show `version` of `content`."""
        super().__init__()
        self._content = content
        self._version = version
        self._moment = FirstMoment()

    def compose(self) -> ComposeResult:
        """Compose heading, facts, checks, the text and the keys."""
        version = self._version
        branch = self._content.branch(version.branch).name
        words = f"{version.words} {'word' if version.words == 1 else 'words'}"
        facts = f"v{version.number} · {words} · {branch}"
        yield Heading(self._content.title, facts, id="approve-heading")
        yield Static(self._hash_line(), id="hash")
        yield Static("", markup=False, id="since")
        with VerticalScroll(id="checks", can_focus=False):
            yield Static(Shown("Reading the text…"), id="findings")
        yield Reader(most_columns=READING_WIDTH, id="text")
        yield HintLine(self._hints())

    def on_mount(self) -> None:
        """Show the text, then what is found out about it."""
        reader = self.query_one("#text", Reader)
        text = self._version.text
        reader.show(lambda width: _page(text, width), is_small=len(text) <= SMALL_TEXT)
        reader.focus()
        self.call_after_refresh(self._moment.begin)
        self._examine()

    def _hints(self) -> Iterable[Hint]:
        diff = "Diff since approval" if self._content.approval else ""
        names = ["approve.approve", "approve.check", "approve.diff"]
        if self._content.status is not Status.DRAFT:
            names.append("approve.to_draft")
        for name in (*names, "approve.leave"):
            yield command_hint(self, name, diff if name == "approve.diff" else "")

    def _hash_line(self) -> Shown:
        digest = self._version.sha256
        return Shown.assemble("SHA-256 ", (digest[:12], "bold"), digest[12:])

    @work
    async def _examine(self) -> None:
        report = await asyncio.to_thread(_examined, self._content, self._version)
        since = self.query_one("#since", Static)
        since.update(Shown(report.since))
        lines = [_finding("!", text) for text in report.found[:MOST_FINDINGS]]
        if len(report.found) > MOST_FINDINGS:
            lines.append(_finding("!", f"And {len(report.found) - MOST_FINDINGS} more like these."))
        if not report.is_intact:
            lines.insert(
                0, _finding("!", "This is not the text that was saved: its SHA-256 differs.")
            )
        self.query_one("#findings", Static).update(
            Shown("\n").join(lines or [_finding("✓", "Nothing looks unfinished.")])
        )

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
            DiffScreen(self._content, self._version.number, against=against, can_choose=False)
        )

    def action_leave(self) -> None:
        """Return None: nothing changes."""
        self.dismiss(None)


def _finding(mark: str, text: str) -> Shown:
    colour = "$text-success" if mark == "✓" else "$text-warning"
    return Shown.assemble((f"{mark} ", f"bold {colour}"), visible(text))


def _page(text: str, width: int) -> Page:
    return plain_page(visible(text), width)


def _examined(content: Content, version: Version) -> _Report:
    """Look the text over; slow for a long one, so it runs in a thread."""
    return _Report(
        since=_since_approval(content, version),
        found=findings(version.text),
        is_intact=text_hash(version.text) == version.sha256,
    )


def _since_approval(content: Content, version: Version) -> str:
    approval = content.approval
    if approval is None:
        return "Never approved before."
    day = f"{approval.at.astimezone():%Y-%m-%d}"
    if approval.sha256 == version.sha256:
        return f"v{approval.version} approved on {day}; this is the same text."
    change = summary(content.version(approval.version).text, version.text)
    words = f"+{change.words_added} −{change.words_removed} words"
    return f"v{approval.version} approved on {day}; since then {words}."
