"""An app with nothing but one secondary screen, and a content to show on it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from textual.app import App, ComposeResult
from textual.filter import LineFilter
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from tests.support.frames import text_of
from tests.support.hanging import HANGS
from tests.support.moments import is_read
from tests.support.settling import A_LOOK, A_PAUSE, longer, settled
from tui.commands import Keymap
from tui.domain.content import Approval, Author, Branch, Content, Turn, TurnKind, Version
from tui.domain.ids import BranchId, ContentId, SessionId, TurnId
from tui.domain.words import count_words, text_hash
from tui.themes.palettes import VARIABLES
from tui.widgets.text import TerminalGuard

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HOSTILE = "[@click=app.quit]x[/] [bold \x1b[31m[/nothing] \x07\u202eevil\x9b"
KEYS = {"retry": "ctrl+r", "take": "t", "stop": "esc", "revise": "r", "edit": "e"}
"""The keys that sentences in the chat name."""
SIZES = ((40, 12), (80, 24), (120, 36), (200, 50))


class Host(App[None]):
    """Pushes one screen at the start and keeps what it returns."""

    keymap = Keymap()
    """The keys of the table; made once, because an app without one makes one for every hint."""

    def __init__(self, make: Callable[[], Screen[Any]]) -> None:
        super().__init__()
        self._make = make
        self._guard = TerminalGuard()
        self.results: list[Any] = []

    def compose(self) -> ComposeResult:
        yield Static("behind " * 400)

    def on_mount(self) -> None:
        self.push_screen(self._make(), self.results.append)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(VARIABLES)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._guard]

    @property
    def shown(self) -> str:
        """Everything on the terminal, as text."""
        return text_of(self.screen)


async def until(
    pilot: Pilot[None], condition: Callable[[], object], seconds: float = HANGS
) -> None:
    """Wait until something holds; fails when it does not within `seconds`."""
    async with asyncio.timeout(seconds):
        pause = A_PAUSE
        while not condition():
            await settled(pilot.app, A_LOOK)
            if not condition():
                await pilot.pause(pause)
                pause = longer(pause)


async def answers(pilot: Pilot[None], *keys: str) -> None:
    """Press keys once the screen on top takes answers."""
    await until(pilot, lambda: is_read(pilot.app.screen))
    await pilot.press(*keys)


def a_content(*texts: str, title: str = "Why we left", approved: int | None = None) -> Content:
    """Make a content with one version per text, each following the one before."""
    versions = tuple(
        Version(
            number=number,
            text=text,
            sha256=text_hash(text),
            words=count_words(text),
            author=Author.CLAUDE,
            branch=BranchId("b1"),
            after_turn=number,
            created_at=AT,
            before=number - 1 or None,
        )
        for number, text in enumerate(texts, start=1)
    )
    turns = tuple(
        Turn(TurnId(f"t{version.number}"), TurnKind.REVISE, "go", AT, version=version.number)
        for version in versions
    )
    approvals = (
        () if approved is None else (Approval(approved, text_hash(texts[approved - 1]), AT),)
    )
    return Content(
        id=ContentId("c1"),
        title=title,
        kind="post",
        brief="",
        created_at=AT,
        updated_at=AT,
        main=BranchId("b1"),
        branches=(Branch(BranchId("b1"), "main", SessionId("s1"), AT, turns=turns),),
        versions=versions,
        approvals=approvals,
    )
