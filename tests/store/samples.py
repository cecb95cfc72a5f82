"""Small contents and changes for tests of the store, and programs run beside the test."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui.domain.changes import approved, edited, forked, new_content
from tui.domain.content import Content, Turn, TurnKind, TurnState
from tui.domain.ids import BranchId, ContentId, SessionId, TurnId
from tui.domain.turn_changes import begun_turn, ended_turn

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
MAIN = BranchId("main-branch")
ROOT = Path(__file__).resolve().parents[2]


def sample(content_id: str = "sample22", title: str = "A piece") -> Content:
    """A new content with one empty branch."""
    return new_content(
        ContentId(content_id),
        title=title,
        kind="post",
        brief="Say it briefly.",
        branch=MAIN,
        session=SessionId("session-1"),
        at=START,
    )


def with_text(text: str, minutes: int = 1) -> Callable[[Content], Content]:
    """A change: the writer saves this text."""
    return lambda content: edited(content, MAIN, text, START + timedelta(minutes=minutes))


def with_approval(content: Content) -> Content:
    """A change: the newest version is approved."""
    return approved(content, len(content.versions), START + timedelta(hours=1))


def with_turn(name: str, size: int = 200) -> Callable[[Content], Content]:
    """A change: one finished turn of the main branch, whose draft becomes a version."""

    def change(content: Content) -> Content:
        reply = f"<draft>\n{name} {'word ' * (size // 5)}\n</draft>"
        turn = Turn(TurnId(name), TurnKind.REVISE, f"prompt {name}", START)
        begun = begun_turn(content, MAIN, turn, START)
        ended = replace(turn, state=TurnState.FINISHED, reply=reply, ended_at=START)
        return ended_turn(begun, MAIN, ended, START)

    return change


def with_fork(name: str) -> Callable[[Content], Content]:
    """A change: a branch that leaves main at its start."""
    return lambda content: forked(
        content,
        MAIN,
        0,
        branch=BranchId(name),
        session=SessionId(name),
        name=name,
        at=START,
    )


async def until(is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something is so; fails after that many seconds."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0)


def run_beside(*arguments: str) -> "subprocess.Popen[str]":
    """Start `tests/store/beside.py` as a program of its own, with its output piped."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.beside", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
