"""Recovery of content files that are damaged, missing, or files of another content.

The notes of a library have a sentence for each recovery since the start of the program, by content
id, or by the name of another file.
"""

import time
from collections.abc import Callable, MutableMapping
from datetime import datetime
from pathlib import Path
from typing import Final

from tui.domain.content import Content
from tui.domain.errors import ContentDamaged, LibraryProblem, NotFound
from tui.store.consistency import changed_versions
from tui.store.content_file import ContentFile
from tui.store.damage import (
    DAMAGED,
    Known,
    cut_sentence,
    gone_finding,
    good_copy,
    lost_sentence,
    put_back,
    recover,
)
from tui.store.files import PREVIOUS
from tui.store.folder import is_trashed
from tui.store.migrations import Schema
from tui.store.unreadable import Unreadable

LONGEST_WRITE: Final = 0.3
"""Seconds that another program, such as an editor, may take to write a file in place."""

_PAUSE: Final = 0.02


class Mending:
    """Recovers contents; `known` returns what was last known about a content."""

    def __init__(
        self,
        notes: MutableMapping[str, str],
        *,
        known: Callable[[str], Known],
        now: Callable[[], datetime],
        schema: Schema,
    ) -> None:
        self._known = known
        self._now = now
        self._schema = schema
        self._left_alone: set[str] = set()
        self.notes = notes
        """Gets a sentence for each recovery, by content id."""
        self.recovered: list[str] = []
        """The sentences of `notes` about contents that were recovered or lost saves, in order."""

    @property
    def left_alone(self) -> tuple[str, ...]:
        """The sentences of `notes` about files that could not be restored."""
        notes = map(self.notes.get, tuple(self._left_alone))
        return tuple(note for note in notes if note is not None)

    def mended(self, file: ContentFile, content_id: str) -> Content:
        """Return the content of a damaged file's good copy, and restore the file from it.

        The content's lock is held. Raises `ContentDamaged` without a good copy,
        `FileNotFoundError`, and `LibraryProblem` when the disk refuses.
        """
        try:
            return _settled(file, content_id)
        except Unreadable as damage:
            known = self._known(content_id)
            recovery = recover(file, damage, self._now(), known, self._schema)
        self.notes[content_id] = recovery.sentence
        self._left_alone.discard(content_id)
        if recovery.content is None:
            raise ContentDamaged(recovery.sentence)
        self.recovered.append(recovery.sentence)
        return recovery.content

    def read_only(
        self, path: Path, content_id: str, damage: Unreadable, why: LibraryProblem
    ) -> Content:
        """Return the content of the good copy of a damaged file that cannot be restored now."""
        copy = good_copy(path, content_id, self._schema)
        if copy is None:
            raise ContentDamaged(
                f"{damage.about(path)} There is no good copy from before, and the file was left "
                f"where it is. {why}"
            ) from why
        self._left_alone.add(content_id)
        self.notes[content_id] = (
            f"{damage.about(path)} You see the piece as it was before that, and the file was "
            f"left where it is. {why}"
        )
        return copy[0]

    def tell_if_saves_are_lost(self, file: ContentFile, content_id: str) -> None:
        """Note it if more than an interrupted save is missing at the end of a readable file."""
        if not file.is_cut:
            return
        sentence = cut_sentence(file, file.read(), self._known(content_id))
        if sentence and self.notes.get(content_id) != sentence:
            self.notes[content_id] = sentence
            self.recovered.append(sentence)

    def is_good_again(self, content_id: str) -> None:
        """Drop the note about a file that could not be restored and is readable again."""
        if content_id in self._left_alone:
            self._left_alone.discard(content_id)
            self.notes.pop(content_id, None)

    def missing(self, path: Path, content_id: str) -> NotFound | ContentDamaged:
        """Return the error that tells why a content has no file."""
        if kept := asides(path):
            sentence = lost_sentence(Known(content_id), max(kept))
            return ContentDamaged(self.notes.get(content_id, sentence))
        if is_trashed(path.parent.parent, content_id):
            return NotFound(
                f"The piece {content_id} is in the trash: `redraft restore {content_id}` brings "
                "it back."
            )
        if gone := self.gone(path, content_id):
            return NotFound(gone)
        return NotFound(f"There is no piece {content_id} in {path.parent.parent}.")

    def gone(self, path: Path, content_id: str) -> str:
        """Return a sentence if a content's file is missing and its backup exists; else nothing."""
        previous = path.with_name(path.name + PREVIOUS)
        if path.exists() or not previous.exists() or is_trashed(path.parent.parent, content_id):
            return ""
        return gone_finding(path, content_id, self._schema).sentence

    def put_back(self, file: ContentFile, content_id: str) -> None:
        """Restore a content's missing file from its backup; the content's lock is held."""
        if self.gone(file.path, content_id):
            recovery = put_back(file, self._known(content_id), self._schema)
            if recovery is not None:
                self.notes[content_id] = recovery.sentence
                self.recovered.append(recovery.sentence)


def owned(content: Content, path: Path, content_id: str) -> Content:
    """Return the content if its file has its id as a name; else raise `LibraryProblem`."""
    check_owner(path, content.id, content_id)
    return content


def check_owner(path: Path, owner: str, content_id: str) -> None:
    """Raise `LibraryProblem` when a file holds a content of another id than its name."""
    if owner != content_id:
        raise LibraryProblem(
            f"{path} holds the piece {owner}, perhaps a copy made by hand: "
            "it was left alone; move it elsewhere."
        )


def asides(path: Path) -> list[Path]:
    """Return the damaged files that had this path before they were set aside."""
    return list(path.parent.glob(f"{path.name}{DAMAGED}*"))


def edited_sentence(path: Path, content: Content) -> str:
    """Return a sentence that another program changed a good file, and which texts differ."""
    versions = changed_versions(content)
    changed = ", ".join(f"v{number}" for number in versions)
    texts = f"; the text of {changed} is not the one that was saved" if versions else ""
    return (
        f"“{content.title}” was changed by another program or by hand in {path}{texts}: "
        f"Redraft took it as it is; the copy from before is {path.name}{PREVIOUS}."
    )


def _settled(file: ContentFile, content_id: str) -> Content:
    """Read a file, waiting while an editor may still be writing it in place."""
    give_up = time.monotonic() + LONGEST_WRITE
    while True:
        try:
            return owned(file.read(), file.path, content_id)
        except Unreadable:
            age = time.time() - file.path.stat().st_mtime
            if age > LONGEST_WRITE or time.monotonic() > give_up:
                raise
        time.sleep(_PAUSE)
