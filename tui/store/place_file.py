"""`place.json`, one for each person: where the writer was, and texts that were not sent."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar, cast

from tinydb import TinyDB
from tinydb.table import Document

from tui.domain.ids import BranchId
from tui.domain.passage import Span
from tui.domain.place import Place
from tui.domain.queue import QueuedPrompt, merged
from tui.store.damage import set_aside, target_of
from tui.store.fields import number, text
from tui.store.files import PREVIOUS, writing
from tui.store.journal import SUFFIX
from tui.store.locks import is_plain, lock_path, locked
from tui.store.migrations import CURRENT, Row, Schema
from tui.store.place_rows import TABLES, place_from_rows, place_to_rows
from tui.store.storage import SafeStorage
from tui.store.unreadable import Unreadable
from tui.whole_files import sync_folder

Key = TypeVar("Key")
Value = TypeVar("Value")
SHARED: Final = "place.json"
"""Name of the place of an unknown person, and of the one place that older libraries have."""
_JOURNALS: Final = "journals"
"""The table of the journals whose rows are in the file, each up to a row number."""
NO_MARKS: Final[Mapping[str, int]] = MappingProxyType({})


class PlaceFile:
    """Reads and writes a place; two programs that write in turn keep each other's texts."""

    def __init__(self, path: Path, locks: Path, journals: Path, schema: Schema = CURRENT) -> None:
        self._path = path
        self._lock = lock_path(locks, "file", "place")
        self._journals = journals
        self._schema = schema
        self._storage = SafeStorage(path, schema)
        self._base = Place()

    @property
    def base(self) -> Place:
        """The place that this program last read or wrote; a write merges what differs from it."""
        return self._base

    def read(self) -> Place:
        """Return the place; an empty one without a file. Raises `LibraryProblem`, `Unreadable`."""
        self._take_over()
        self._base = _read(self._storage)
        return self._base

    def marks(self) -> Mapping[str, int]:
        """Return the number of each journal's last row in the file; raises what `read` raises."""
        return _marks(self._storage)

    def write(self, place: Place, marks: Mapping[str, int] = NO_MARKS) -> None:
        """Merge this program's changes into the file; raises what `read` raises.

        `marks` holds, by journal, the number of the last row that the place contains.
        """
        self._take_over()
        with locked(self._lock):
            theirs = _read(self._storage)
            base = self._base if self._path.exists() else Place()
            known = _marks(self._storage)
            # The mark of a deleted journal is not needed any more.
            here = {name: number for name, number in known.items() if self._is_there(name)}
            marked = {**here, **marks}
            edits = _merged(_edits(base), _edits(place), _edits(theirs))
            unsent = _merged(_unsent(base), _unsent(place), _unsent(theirs))
            merged = Place(
                content=place.content,
                branch=_merged(base.branch, place.branch, theirs.branch),
                unsent=_present({branch: text for branch, (text, _) in unsent.items()}),
                folded=_present({branch: spans for branch, (_, spans) in unsent.items()}),
                edits=_present({branch: edit.text for branch, edit in edits.items()}),
                edited=_present({branch: edit.version for branch, edit in edits.items()}),
                locked=_present({branch: edit.locks for branch, edit in edits.items()}),
                wishes=_merged(base.wishes, place.wishes, theirs.wishes),
                queued=_merged_queues(base.queued, place.queued, theirs.queued),
                files=_merged(base.files, place.files, theirs.files),
                trees=_merged(base.trees, place.trees, theirs.trees),
                begun=place.begun if place.begun != base.begun else theirs.begun,
                asking=(theirs.asking - (base.asking - place.asking))
                | (place.asking - base.asking),
                list_sort=(
                    place.list_sort if place.list_sort != base.list_sort else theirs.list_sort
                ),
                theme=place.theme if place.theme != base.theme else theirs.theme,
                sizes=place.sizes if place.sizes != base.sizes else theirs.sizes,
                editor=place.editor if place.editor != base.editor else theirs.editor,
                spelling=_merged(base.spelling, place.spelling, theirs.spelling),
                goals=_merged(base.goals, place.goals, theirs.goals),
                limits=_merged(base.limits, place.limits, theirs.limits),
            )
            if merged != theirs or marked != known or self._storage.generation == 0:
                with self._storage.transaction():
                    _fill(self._storage, merged, marked)
        # Not the merged place: what others added would look removed by this program next time.
        self._base = place

    def _take_over(self) -> None:
        """Turn the shared place into this person's place, unless a person has one already."""
        folder, old = self._path.parent, self._path.with_name(SHARED)
        if self._path == old or self._path.exists() or not os.path.lexists(old):
            return
        with locked(self._lock):
            if any(not other.name.endswith(PREVIOUS) for other in folder.glob(f"{SHARED}-*")):
                return
            with writing(old):
                # The backup first: after a crash in between, the place is whole under its old name.
                with suppress(FileNotFoundError):
                    _previous(old).replace(_previous(self._path))
                old.replace(self._path)
                sync_folder(folder)

    def _is_there(self, journal: str) -> bool:
        return is_plain(journal) and (self._journals / (journal + SUFFIX)).exists()

    def set_aside(self, damage: Unreadable, now: datetime) -> str:
        """Set the damaged file aside and restore its backup; return what was done, as a sentence.

        Raises `LibraryProblem` when the disk refuses.
        """
        with locked(self._lock):
            target = target_of(self._path)
            try:
                place = _read(SafeStorage(target.with_name(target.name + PREVIOUS), self._schema))
            except Unreadable:
                place = Place()
            aside = set_aside(self._path, now)
            self._storage = SafeStorage(self._path, self._schema)
            with self._storage.transaction(keep_previous=False):
                _fill(self._storage, place, NO_MARKS)
        return (
            f"{self._path} could not be read: your place and your unsent texts are as they were "
            f"one save before. The damaged file is kept as {aside}. {damage.about('that file')}"
        )


def _previous(path: Path) -> Path:
    return path.with_name(path.name + PREVIOUS)


def _read(storage: SafeStorage) -> Place:
    return Place() if storage.read() is None else place_from_rows(_rows(storage, TABLES))


def _marks(storage: SafeStorage) -> Mapping[str, int]:
    if storage.read() is None:
        return NO_MARKS
    rows = _rows(storage, [_JOURNALS])[_JOURNALS]
    return MappingProxyType({text(row, "journal"): number(row, "number") for row in rows})


def _rows(storage: SafeStorage, tables: Iterable[str]) -> dict[str, list[Row]]:
    database = TinyDB(storage=lambda: storage)
    with storage.snapshot():
        return {table: [cast(Row, row) for row in database.table(table).all()] for table in tables}


def _fill(storage: SafeStorage, place: Place, marks: Mapping[str, int]) -> None:
    database = TinyDB(storage=lambda: storage)
    marked: list[Row] = [{"journal": name, "number": number} for name, number in marks.items()]
    for name, rows in {**place_to_rows(place), _JOURNALS: marked}.items():
        documents = [Document(row, count) for count, row in enumerate(rows, 1)]
        database.table(name).insert_multiple(documents)


def _merged(
    base: Mapping[Key, Value], ours: Mapping[Key, Value], theirs: Mapping[Key, Value]
) -> Mapping[Key, Value]:
    merged = dict(theirs)
    for key in base.keys() - ours.keys():
        merged.pop(key, None)
    ours_alone = {key: new for key, new in ours.items() if key not in base or base[key] != new}
    return MappingProxyType(merged | ours_alone)


class _Edit(NamedTuple):
    """The unsaved edit of a branch; of two edits one is kept, never parts of both."""

    text: str | None
    version: int | None
    locks: tuple[Span, ...] | None


def _edits(place: Place) -> Mapping[BranchId, _Edit]:
    return {
        branch: _Edit(place.edits.get(branch), place.edited.get(branch), place.locked.get(branch))
        for branch in {**place.edits, **place.edited, **place.locked}
    }


def _unsent(
    place: Place,
) -> Mapping[BranchId, tuple[str | None, tuple[Span, ...] | None]]:
    """Return the unsent text of each branch, with what is folded in it."""
    branches = {**place.unsent, **place.folded}
    return {branch: (place.unsent.get(branch), place.folded.get(branch)) for branch in branches}


def _present(values: Mapping[BranchId, Value | None]) -> Mapping[BranchId, Value]:
    return MappingProxyType({key: value for key, value in values.items() if value is not None})


def _merged_queues(
    base: Mapping[BranchId, tuple[QueuedPrompt, ...]],
    ours: Mapping[BranchId, tuple[QueuedPrompt, ...]],
    theirs: Mapping[BranchId, tuple[QueuedPrompt, ...]],
) -> Mapping[BranchId, tuple[QueuedPrompt, ...]]:
    """Merge queues prompt by prompt: a queue that both programs changed keeps both additions."""
    queues = {
        branch: merged(base.get(branch, ()), ours.get(branch, ()), theirs.get(branch, ()))
        for branch in {**theirs, **ours}
    }
    return MappingProxyType({branch: prompts for branch, prompts in queues.items() if prompts})
