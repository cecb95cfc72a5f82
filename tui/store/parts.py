"""Partial text of running answers: a journal for each, deleted when the answer ends."""

import threading
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from tui.domain.content import Branch, Content, Turn, TurnState
from tui.domain.ids import ContentId, TurnId
from tui.store.files import writing
from tui.store.journal import SUFFIX, Journal, rows_in, texts_of
from tui.store.locks import is_plain

_ANSWER: Final = "answer"


class Parts:
    """Saves the partial text of running answers; thread-safe. Raises `LibraryProblem`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[TurnId, Journal] = {}
        self._over: set[TurnId] = set()
        self._lock = threading.Lock()

    def keep(self, content_id: ContentId, turn_id: TurnId, text: str) -> None:
        """Save the text so far of a running turn; does nothing once the turn has ended."""
        with self._lock:
            if turn_id in self._over:
                return
            journal = self._open.get(turn_id)
            if journal is None:
                journal = self._open[turn_id] = Journal(self._path(content_id, turn_id))
            journal.keep({(_ANSWER, turn_id): text}, {})

    def added_to(self, content: Content) -> Content:
        """Return a content with the saved partial text in its running turns."""
        if not _running(content):
            return content
        branches = tuple(self._added_to(content.id, branch) for branch in content.branches)
        same = all(map(lambda one, other: one is other, branches, content.branches))
        return content if same else replace(content, branches=branches)

    def forget(self, before: Content, after: Content) -> None:
        """Delete the partial text of turns that were running and have ended."""
        still = {turn.id for turn in _running(after)}
        for turn in _running(before):
            if turn.id not in still:
                self._delete(before.id, turn.id)

    def sweep(self, contents: Path) -> None:
        """Delete the partial text of contents that are not in a folder."""
        for path in self._folder.glob(f"{_ANSWER}-*{SUFFIX}"):
            owner = path.name.split("-", 1)[1].split("~", 1)[0]
            if not any(contents.glob(f"{owner}.json*")):
                with writing(path):
                    path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close every journal; the files keep their data."""
        with self._lock:
            for journal in self._open.values():
                journal.close()
            self._open.clear()

    def _added_to(self, content_id: ContentId, branch: Branch) -> Branch:
        turns = tuple(self._with_part(content_id, turn) for turn in branch.turns)
        same = all(map(lambda one, other: one is other, turns, branch.turns))
        return branch if same else replace(branch, turns=turns)

    def _with_part(self, content_id: ContentId, turn: Turn) -> Turn:
        if turn.state is not TurnState.RUNNING:
            return turn
        kept = texts_of(rows_in(self._path(content_id, turn.id))).get((_ANSWER, turn.id))
        return turn if kept is None else replace(turn, reply=kept.text)

    def _delete(self, content_id: ContentId, turn_id: TurnId) -> None:
        with self._lock:
            self._over.add(turn_id)
            journal = self._open.pop(turn_id, None)
            if journal is not None:
                journal.close()
            path = self._path(content_id, turn_id)
            with writing(path):
                path.unlink(missing_ok=True)

    def _path(self, content_id: ContentId, turn_id: TurnId) -> Path:
        name = (
            turn_id if is_plain(turn_id) else sha256(turn_id.encode(errors="replace")).hexdigest()
        )
        return self._folder / f"{_ANSWER}-{content_id}~{name}{SUFFIX}"


def _running(content: Content) -> list[Turn]:
    running = TurnState.RUNNING
    return [turn for branch in content.branches for turn in branch.turns if turn.state is running]
