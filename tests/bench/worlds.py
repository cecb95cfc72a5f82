"""Folders in which a bench runs Redraft and Claude Code, neither of which sees the person's own.

Both talk to the same loopback server with a dummy key. A library is written without the syncs that
saves have; a transcript of Claude Code's is made up row by row.
"""

import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import claude_agent_sdk

from tests.bench.answering import Answering, markdown
from tests.bench.watched import Watched
from tests.e2e.conftest import KEPT, ROOT
from tests.store.samples import START, sample
from tests.support.warm import COMMAND
from tui.domain.content import Author, Content, Turn, TurnKind, TurnState, Version
from tui.domain.ids import MessageId, SessionId, TurnId
from tui.domain.words import text_hash
from tui.store.content_rows import content_to_rows
from tui.store.encoding import encoded
from tui.store.migrations import NEEDS, SCHEMA

CLI: Final = Path(claude_agent_sdk.__file__).parent / "_bundled" / "claude"
KEY: Final = "sk-ant-dummy-0123456789-0123456789"
ALTERNATE: Final = rb"\x1b\[\?1049h"
"""Both enter the alternate screen before they draw."""
SESSION: Final = SessionId("5e551011-0000-4000-8000-000000000000")


@dataclass(frozen=True, slots=True)
class World:
    """A home, a configuration of Claude Code and a library, beside one server."""

    folder: Path
    server: Answering

    @property
    def library(self) -> Path:
        """The folder of the library."""
        return self.folder / "library"

    @property
    def work(self) -> Path:
        """The folder in which Claude Code runs when it runs alone."""
        return self.folder / "cwd"

    @property
    def environment(self) -> dict[str, str]:
        """What both programs get."""
        folders = {
            "HOME": "home",
            "CLAUDE_CONFIG_DIR": "claude",
            "XDG_DATA_HOME": "data",
            "XDG_CONFIG_HOME": "config",
            "XDG_STATE_HOME": "state",
            "XDG_CACHE_HOME": "cache",
        }
        for name in (*folders.values(), "cwd"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        return {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            **{variable: str(self.folder / name) for variable, name in folders.items()},
            "ANTHROPIC_BASE_URL": self.server.base_url,
            "ANTHROPIC_API_KEY": KEY,
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "REDRAFT_LIBRARY": str(self.library),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        }

    @contextmanager
    def redraft(self) -> Iterator[Watched]:
        """Start Redraft on the screen."""
        with Watched([*COMMAND], env=self.environment, cwd=ROOT) as program:
            yield program

    @contextmanager
    def claude(self) -> Iterator[Watched]:
        """Start Claude Code on its full screen, set up and trusted; it resumes what is there."""
        environment = {**self.environment, "CLAUDE_CODE_NO_FLICKER": "1"}
        config = {
            "hasCompletedOnboarding": True,
            "lastOnboardingVersion": "99.0.0",
            "theme": "dark",
            "numStartups": 5,
            "customApiKeyResponses": {"approved": [KEY[-20:]], "rejected": []},
            "projects": {
                str(self.work): {
                    "hasTrustDialogAccepted": True,
                    "hasCompletedProjectOnboarding": True,
                    "projectOnboardingSeenCount": 4,
                }
            },
        }
        (self.folder / "claude" / ".claude.json").write_text(json.dumps(config))
        kept = self._transcript(self.work, SESSION)
        resumed = ["--resume", SESSION] if kept.exists() else []
        with Watched([str(CLI), *resumed], env=environment, cwd=self.work) as program:
            yield program

    def fill(self, pieces: int, turns: int = 4, *, words: int = 60) -> None:
        """Write a library, and open its first piece as a person does, so that it opens again."""
        folder = self.library / "contents"
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(pieces):
            name = f"content{number:05}"
            rows = content_to_rows(piece(name, f"Piece {number} of many", turns, words))
            tables = {
                table: {str(place): row for place, row in enumerate(kept, 1)}
                for table, kept in rows.items()
            }
            data = encoded(tables, schema=SCHEMA, generation=1, needs=NEEDS)
            (folder / f"{name}.json").write_bytes(data)
        os.sync()
        with self.redraft() as program:
            program.shows("of many", 120)
            program.rests(0.4)
            program.type("\r")
            program.shows("Prompt 1", 120)
            program.rests(0.4)
            program.type("\x11")
            program.process.wait(30)
        shutil.copytree(self.folder, self._kept, copy_function=_copied)

    def renew(self) -> None:
        """Put everything back as it was when the library had been filled."""
        shutil.rmtree(self.folder)
        shutil.copytree(self._kept, self.folder, copy_function=_copied)
        with self.redraft() as program:  # The folders are new ones: it writes an index of these.
            program.shows("of many", 120)
            program.rests(0.4)
            program.type("\x11")
            program.process.wait(30)

    @property
    def _kept(self) -> Path:
        return self.folder.with_suffix(".kept")

    def remember(self, turns: int, words: int) -> None:
        """Write the transcript of the first piece, for Redraft and for Claude Code alone."""
        for cwd in (self.work, self.library / "work"):
            cwd.mkdir(parents=True, exist_ok=True)
            path = self._transcript(cwd, SESSION)
            path.parent.mkdir(parents=True, exist_ok=True)
            lines = (json.dumps(row) for row in _transcript_rows(cwd, turns, words))
            path.write_text("".join(f"{line}\n" for line in lines))

    def _transcript(self, cwd: Path, session: SessionId) -> Path:
        project = re.sub(r"[^a-zA-Z0-9]", "-", str(cwd))
        return self.folder / "claude" / "projects" / project / f"{session}.jsonl"


def _copied(source: str, target: str) -> str:
    """Copy a file; a piece, which is never written in place, gets another name of the same file."""
    if "/library/contents/" in source:
        os.link(source, target)
        return target
    return shutil.copy2(source, target)


def piece(name: str, title: str, turns: int, words: int) -> Content:
    """Return a content whose turns answer with Markdown; the last has made a draft."""
    content = sample(name, title)
    reply = _reply(words)
    lines = tuple(
        Turn(
            TurnId(f"{name}-{number}"),
            TurnKind.ASK,
            f"Prompt {number}: is it short enough?",
            START + timedelta(minutes=number),
            TurnState.FINISHED,
            START + timedelta(minutes=number, seconds=30),
            reply,
            anchor=MessageId(_message(number)),
        )
        for number in range(1, turns + 1)
    )
    version = Version(
        1, reply, text_hash(reply), words, Author.YOU, content.branches[0].id, 0, START
    )
    branch = replace(content.branches[0], session=SESSION, is_live=True, turns=lines)
    return replace(content, branches=(branch,), versions=(version,))


def _reply(words: int) -> str:
    return markdown(max(1, words * 6 // 1000))[: words * 6]


def _message(number: int) -> str:
    return str(uuid.UUID(int=(1 << 100) + 2 * number + 1, version=4))


def _transcript_rows(cwd: Path, turns: int, words: int) -> Iterator[dict[str, object]]:
    parent: str | None = None
    for number in range(1, turns + 1):
        asked = str(uuid.UUID(int=(1 << 100) + 2 * number, version=4))
        at = START + timedelta(minutes=number)
        common = {
            "isSidechain": False,
            "userType": "external",
            "entrypoint": "cli",
            "cwd": str(cwd),
            "sessionId": SESSION,
            "version": "2.1.330",
            "timestamp": at.isoformat().replace("+00:00", "Z"),
        }
        prompt = {"role": "user", "content": f"Prompt {number}: is it short enough?"}
        yield {"type": "user", "parentUuid": parent, "message": prompt, "uuid": asked, **common}
        parent = _message(number)
        reply = {
            "id": f"msg_{number:024}",
            "type": "message",
            "role": "assistant",
            "model": "claude-opus-5-5",
            "content": [{"type": "text", "text": _reply(words)}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 10, "output_tokens": 10},
        }
        yield {"type": "assistant", "parentUuid": asked, "message": reply, "uuid": parent, **common}
