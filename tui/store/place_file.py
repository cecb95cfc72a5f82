"""`place.json`, a file for each person: where the writer was, and what was typed and not sent."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar, cast

from tinydb import TinyDB
from tinydb.table import Document

from tui.domain.change_limits import ChangeLimits
from tui.domain.ids import BranchId, ContentId
from tui.domain.passage import Span
from tui.domain.place import (
    AS_IN_SETTINGS,
    LIST_SORTS,
    NOTHING_BEGUN,
    PLAIN_EDITOR,
    USUAL_SIZES,
    BegunPiece,
    EditorModes,
    PaneSizes,
    Place,
    Side,
    ThemeChoice,
)
from tui.domain.queue import QueuedPrompt, merged
from tui.domain.spelling import Spelling
from tui.store.damage import set_aside, target_of
from tui.store.fields import flag, number, optional_text, text, texts
from tui.store.files import PREVIOUS, Unreadable, writing
from tui.store.journal import SUFFIX
from tui.store.limit_rows import limits_of_row, row_of_limits
from tui.store.locks import is_plain, lock_path, locked
from tui.store.migrations import CURRENT, Row, Schema
from tui.store.span_texts import spans_of_text, text_of_spans
from tui.store.storage import SafeStorage
from tui.store.tree_rows import tree_from_row, tree_to_row
from tui.whole_files import sync_folder

Key = TypeVar("Key")
Value = TypeVar("Value")
SHARED: Final = "place.json"
"""The one place of a library of before, and of a program that does not know who works with it."""
_TABLES: Final = (
    "place",
    "branch",
    "unsent",
    "edits",
    "edited",
    "locked",
    "wishes",
    "queued",
    "asking",
    "files",
    "trees",
    "goals",
    "spelling",
    "limits",
)
NO_MARKS: Final[Mapping[str, int]] = MappingProxyType({})


class PlaceFile:
    """Reads and writes the place; two programs keep each other's unsent texts."""

    def __init__(self, path: Path, locks: Path, journals: Path, schema: Schema = CURRENT) -> None:
        self._path = path
        self._lock = lock_path(locks, "file", "place")
        self._journals = journals
        self._schema = schema
        self._storage = SafeStorage(path, schema)
        self._base = Place()

    @property
    def base(self) -> Place:
        """What this program last read or wrote: the difference to it is what it changed."""
        return self._base

    def read(self) -> Place:
        """Return the place; an empty one without a file. Raises `LibraryProblem`, `Unreadable`."""
        self._take_over()
        self._base = _read(self._storage)
        return self._base

    def marks(self) -> Mapping[str, int]:
        """Return up to which number the rows of each journal are in the file; raises as `read`."""
        return _marks(self._storage)

    def write(self, place: Place, marks: Mapping[str, int] = NO_MARKS) -> None:
        """Save what is new in a place on top of what is on disk; raises as `read` does.

        `marks` says up to which number the rows of journals are in it.
        """
        self._take_over()
        with locked(self._lock):
            theirs = _read(self._storage)
            base = self._base if self._path.exists() else Place()
            known = _marks(self._storage)
            # Of a journal that is gone nobody asks any more.
            here = {name: number for name, number in known.items() if self._is_there(name)}
            marked = {**here, **marks}
            edits = _merged(_edits(base), _edits(place), _edits(theirs))
            merged = Place(
                content=place.content,
                branch=_merged(base.branch, place.branch, theirs.branch),
                unsent=_merged(base.unsent, place.unsent, theirs.unsent),
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
        # What others wrote is not ours to take away the next time: only our own part is the base.
        self._base = place

    def _take_over(self) -> None:
        """Make the place of before this person's, when nobody has one of their own yet."""
        folder, old = self._path.parent, self._path.with_name(SHARED)
        if self._path == old or self._path.exists() or not os.path.lexists(old):
            return
        with locked(self._lock):
            if any(not other.name.endswith(PREVIOUS) for other in folder.glob(f"{SHARED}-*")):
                return
            with writing(old):
                # The copy first: a crash in between leaves the place whole, under its old name.
                with suppress(FileNotFoundError):
                    _previous(old).replace(_previous(self._path))
                old.replace(self._path)
                sync_folder(folder)

    def _is_there(self, journal: str) -> bool:
        return is_plain(journal) and (self._journals / (journal + SUFFIX)).exists()

    def set_aside(self, reason: str, now: datetime) -> str:
        """Put the copy before a damaged file in its place and return what was done, as a sentence.

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
            f"{self._path} could not be read because {reason}: your place and your unsent "
            f"texts are as they were one save before; the damaged file is kept as {aside}."
        )


def _previous(path: Path) -> Path:
    return path.with_name(path.name + PREVIOUS)


def _read(storage: SafeStorage) -> Place:
    if storage.read() is None:
        return Place()
    database = TinyDB(storage=lambda: storage)
    with storage.snapshot():
        rows = {table: [cast(Row, row) for row in database.table(table).all()] for table in _TABLES}
    where = rows["place"][0] if rows["place"] else None
    content = None if where is None else optional_text(where, "content")
    return Place(
        content=None if content is None else ContentId(content),
        branch=_by_content(rows["branch"], lambda row: BranchId(text(row, "branch"))),
        unsent=_by_branch(rows["unsent"], _text),
        edits=_by_branch(rows["edits"], _text),
        edited=_by_branch(rows["edited"], lambda row: number(row, "version")),
        locked=_by_branch(rows["locked"], lambda row: spans_of_text(text(row, "spans"))),
        wishes=_by_branch(rows["wishes"], _text),
        queued=_queues(rows["queued"]),
        files=_by_content(rows["files"], lambda row: text(row, "file")),
        trees=_by_content(rows["trees"], tree_from_row),
        begun=NOTHING_BEGUN if where is None else _begun(where),
        asking=frozenset(BranchId(text(row, "branch")) for row in rows["asking"]),
        list_sort=LIST_SORTS[0] if where is None else _list_sort(where),
        theme=AS_IN_SETTINGS if where is None else _theme(where),
        sizes=USUAL_SIZES if where is None else _sizes(where),
        editor=PLAIN_EDITOR if where is None else _editor(where),
        spelling=_by_content(rows["spelling"], _spelling),
        goals=_by_content(rows["goals"], lambda row: number(row, "words", 0)),
        limits=_limits(rows["limits"]),
    )


def _by_branch(rows: list[Row], value: Callable[[Row], Value]) -> Mapping[BranchId, Value]:
    return MappingProxyType({BranchId(text(row, "branch")): value(row) for row in rows})


def _by_content(rows: list[Row], value: Callable[[Row], Value]) -> Mapping[ContentId, Value]:
    return MappingProxyType({ContentId(text(row, "content")): value(row) for row in rows})


def _text(row: Row) -> str:
    return text(row, "text")


def _spelling(row: Row) -> Spelling:
    return Spelling(text(row, "language"), frozenset(texts(row, "words")))


def _begun(row: Row) -> BegunPiece:
    title, kind, brief = (optional_text(row, name) or "" for name in ("title", "kind", "brief"))
    return BegunPiece(title, kind, brief, texts(row, "sources"))


def _list_sort(row: Row) -> str:
    """Return how the list is sorted; an order that only another Redraft knows is not one here."""
    chosen = optional_text(row, "list_sort")
    return chosen if chosen in LIST_SORTS else LIST_SORTS[0]


def _theme(row: Row) -> ThemeChoice:
    return ThemeChoice(optional_text(row, "theme") or "", optional_text(row, "theme_before") or "")


def _sizes(row: Row) -> PaneSizes:
    wide, tree, preview = (number(row, f"{pane}_width", 0) for pane in ("list", "tree", "preview"))
    return PaneSizes(wide, tree, preview)


def _editor(row: Row) -> EditorModes:
    side = optional_text(row, "editor_side") or ""
    is_known = side in list(Side)
    return EditorModes(
        flag(row, "editor_focused"),
        flag(row, "editor_typewriter"),
        Side(side) if is_known else Side.NONE,
    )


def _limits(rows: list[Row]) -> Mapping[BranchId, ChangeLimits]:
    told = ((BranchId(text(row, "branch")), limits_of_row(row)) for row in rows)
    return MappingProxyType({branch: limits for branch, limits in told if limits is not None})


def _queues(rows: list[Row]) -> Mapping[BranchId, tuple[QueuedPrompt, ...]]:
    queues: dict[BranchId, tuple[QueuedPrompt, ...]] = {}
    for row in rows:
        branch = BranchId(text(row, "branch"))
        prompt = QueuedPrompt(
            text(row, "text"), flag(row, "asks"), flag(row, "removed"), limits_of_row(row)
        )
        queues[branch] = (*queues.get(branch, ()), prompt)
    return MappingProxyType(queues)


def _marks(storage: SafeStorage) -> Mapping[str, int]:
    if storage.read() is None:
        return NO_MARKS
    database = TinyDB(storage=lambda: storage)
    with storage.snapshot():
        rows = [cast(Row, row) for row in database.table("journals").all()]
    return MappingProxyType({text(row, "journal"): number(row, "number") for row in rows})


def _fill(storage: SafeStorage, place: Place, marks: Mapping[str, int]) -> None:
    database = TinyDB(storage=lambda: storage)
    rows: dict[str, list[Row]] = {
        "place": [
            {
                "content": place.content,
                "title": place.begun.title,
                "kind": place.begun.kind,
                "brief": place.begun.brief,
                "sources": list(place.begun.sources),
                "list_sort": place.list_sort,
                "theme": place.theme.name,
                "theme_before": place.theme.instead_of,
                "list_width": place.sizes.list,
                "tree_width": place.sizes.tree,
                "preview_width": place.sizes.preview,
                "editor_focused": place.editor.is_focused,
                "editor_typewriter": place.editor.is_typewriter,
                "editor_side": place.editor.side.value,
            }
        ],
        "branch": [{"content": key, "branch": value} for key, value in place.branch.items()],
        "unsent": [{"branch": key, "text": value} for key, value in place.unsent.items()],
        "edits": [{"branch": key, "text": value} for key, value in place.edits.items()],
        "edited": [{"branch": key, "version": value} for key, value in place.edited.items()],
        "locked": [
            {"branch": key, "spans": text_of_spans(value)} for key, value in place.locked.items()
        ],
        "wishes": [{"branch": key, "text": value} for key, value in place.wishes.items()],
        "queued": [
            {
                "branch": key,
                "text": prompt.text,
                "asks": prompt.is_asking,
                "removed": prompt.is_removed,
                "limits": None if prompt.limits is None else row_of_limits(prompt.limits),
            }
            for key, prompts in place.queued.items()
            for prompt in prompts
        ],
        "files": [{"content": key, "file": value} for key, value in place.files.items()],
        "trees": [{"content": key, **tree_to_row(value)} for key, value in place.trees.items()],
        "goals": [{"content": key, "words": value} for key, value in place.goals.items()],
        "spelling": [
            {"content": key, "language": value.language, "words": sorted(value.words)}
            for key, value in place.spelling.items()
        ],
        "limits": [
            {"branch": key, "limits": row_of_limits(value)} for key, value in place.limits.items()
        ],
        "asking": [{"branch": branch} for branch in sorted(place.asking)],
        "journals": [{"journal": name, "number": number} for name, number in marks.items()],
    }
    for name, entries in rows.items():
        documents = [Document(row, count) for count, row in enumerate(entries, 1)]
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
    """What an editor holds of a branch; of two edits one is kept, never parts of both."""

    text: str | None
    version: int | None
    locks: tuple[Span, ...] | None


def _edits(place: Place) -> Mapping[BranchId, _Edit]:
    return {
        branch: _Edit(place.edits.get(branch), place.edited.get(branch), place.locked.get(branch))
        for branch in {**place.edits, **place.edited, **place.locked}
    }


def _present(values: Mapping[BranchId, Value | None]) -> Mapping[BranchId, Value]:
    return MappingProxyType({key: value for key, value in values.items() if value is not None})


def _merged_queues(
    base: Mapping[BranchId, tuple[QueuedPrompt, ...]],
    ours: Mapping[BranchId, tuple[QueuedPrompt, ...]],
    theirs: Mapping[BranchId, tuple[QueuedPrompt, ...]],
) -> Mapping[BranchId, tuple[QueuedPrompt, ...]]:
    """Merge prompt by prompt: a queue that both changed keeps what each of them added."""
    queues = {
        branch: merged(base.get(branch, ()), ours.get(branch, ()), theirs.get(branch, ()))
        for branch in {**theirs, **ours}
    }
    return MappingProxyType({branch: prompts for branch, prompts in queues.items() if prompts})
