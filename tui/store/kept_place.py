"""A person's place in a library: a file, and a journal of what is typed between two saves of it.

A person is an account on a machine: the account is known at once, does not change with the name a
person signs with, and keeps apart what is open on two machines. A library from before places were
kept per person has one place, which goes to the first person who opens it.
"""

import json
import logging
import os
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Final
from uuid import uuid4

from tui.domain.errors import LibraryProblem
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId
from tui.domain.passage import Span
from tui.domain.place import NOTHING_BEGUN, BegunPiece, Place
from tui.domain.queue import joined
from tui.store.files import check_there, writing
from tui.store.journal import SUFFIX, Journal, Kept, Key, Row, mark_of, rows_in, texts_of
from tui.store.locks import lock_or_close
from tui.store.migrations import Schema
from tui.store.place_file import SHARED, PlaceFile
from tui.store.place_rows import spans_of_text, text_of_spans
from tui.store.unreadable import Unreadable

LARGEST: Final = 4_000_000
"""Size in bytes of a journal from which on the whole place is saved."""

_TYPED: Final = "typed-"
_UNSENT: Final = "unsent"
_EDIT: Final = "edit"
_FOLDED: Final = "folded"
_LOCKED: Final = "locked"
_SPANS_IN: Final = {_UNSENT: _FOLDED, _EDIT: _LOCKED}
"""The kind of the spans in each kind of text that has some."""
_WISH: Final = "wish"
_BEGUN: Final = "begun"
_SHORT: Final = frozenset({(_BEGUN, "title"), (_BEGUN, "kind"), (_BEGUN, "sources")})

_log = logging.getLogger(__name__)


class KeptPlace:
    """Reads and saves a place; belongs to one thread. Methods raise `LibraryProblem`.

    While texts are only added or changed, only the journal grows, by what was typed. The journal
    of a killed program is taken over by the next program that reads the place.
    """

    def __init__(
        self,
        folder: Path,
        locks: Path,
        schema: Schema,
        person: str = "",
        *,
        now: Callable[[], datetime],
        notes: MutableMapping[str, str],
    ) -> None:
        self._folder = folder
        self._now = now
        self._notes = notes
        """Gets a sentence for each recovery, by the name of the file."""
        self._journals = folder / "journal"
        self._prefix = _TYPED + (f"{_key(person)}-" if person else "")
        self._file = PlaceFile(_path(folder, person), locks, self._journals, schema)
        self._journal = Journal(self._journals / f"{self._prefix}{uuid4().hex}{SUFFIX}")
        self._place: Place | None = None
        """The place that this program read or saved last; None before."""
        self._left: list[_Left] = []

    @property
    def is_file_old(self) -> bool:
        """Whether the journal has texts that the file lacks."""
        return bool(self._journal.size or self._left)

    def read(self) -> Place:
        """Return the place; an empty one without a file. A damaged file is set aside."""
        check_there(self._folder, self._folder / "contents")
        try:
            return self._read()
        except Unreadable as damage:
            self._set_aside(damage)
            return self._read()

    def write(self, place: Place) -> None:
        """Save the place, in the journal when only texts changed. A damaged file is set aside."""
        try:
            self._write(place)
        except Unreadable as damage:
            self._set_aside(damage)
            self._write(place)

    def _read(self) -> Place:
        if self._is_folded():
            place = self._file.read()
            self._left += _left_behind(self._journals, self._prefix)
            marks = self._file.marks() if self._left else {}
            for left in self._left:
                kept = texts_of(left.rows, after=marks.get(left.name, 0))
                place = _with_texts(place, _reconciled(_texts(place), kept))
            self._place = place
            self._is_folded()
        return self._place or Place()

    def _write(self, place: Place) -> None:
        before = self._file.base if self._place is None else self._place
        old, new = _texts(before), _texts(place)
        is_typed = _without_texts(place) == _without_texts(before) and old.keys() <= new.keys()
        if not is_typed or self._left or self._journal.size > LARGEST:
            self._save(place)
            return
        changed = {key: text for key, text in new.items() if old.get(key) != text}
        if changed:
            self._journal.keep(changed, _texts(self._file.base))
        self._place = place

    def fold(self) -> None:
        """Save the whole place in its file, and empty the journals; may raise `Unreadable`."""
        if self._place is not None and self.is_file_old:
            self._save(self._place)

    def _is_folded(self) -> bool:
        """Save the whole place in its file; return whether that worked."""
        try:
            self.fold()
        except LibraryProblem as problem:
            _log.warning("What was typed stays in its journal: %s", problem)
            return False
        return True

    def close(self) -> None:
        """Save the whole place and close the journal, which stays when the disk refuses."""
        try:
            self._is_folded()
        finally:
            for left in self._left:
                left.close()
            self._left.clear()
            self._journal.close()

    def _set_aside(self, damage: Unreadable) -> None:
        """Set the damaged file aside, restore its backup, and note what was done."""
        self._notes[SHARED] = self._file.set_aside(damage, self._now())

    def _save(self, place: Place) -> None:
        marks = {left.name: left.last for left in self._left}
        if self._journal.number:
            marks[self._journal.path.name.removesuffix(SUFFIX)] = self._journal.number
        self._file.write(place, marks)
        self._place = place
        self._journal.clear()
        while self._left:
            self._left.pop().delete()


@frozen
class _Left:
    """The journal of a program that has ended; this program holds its lock."""

    path: Path
    handle: int
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(SUFFIX)

    @property
    def last(self) -> int:
        return self.rows[-1].number if self.rows else 0

    def close(self) -> None:
        os.close(self.handle)

    def delete(self) -> None:
        try:
            with writing(self.path):
                self.path.unlink(missing_ok=True)
        except LibraryProblem as problem:
            # The place file has a mark of this journal's last row, so no row is applied twice.
            _log.warning("A journal that is not needed any more stays: %s", problem)
        finally:
            self.close()


def _key(person: str) -> str:
    return sha256(person.encode(errors="replace")).hexdigest()[:16]


def _path(folder: Path, person: str) -> Path:
    """Return the path of a person's place; every library's `.gitignore` covers its name."""
    return folder / (f"{SHARED}-{_key(person)}" if person else SHARED)


def _left_behind(folder: Path, prefix: str) -> list[_Left]:
    """Lock and return the journals that no running program has locked.

    Journals of an older Redraft, which name no person, go to the first person who reads them.
    """
    found: list[_Left] = []
    for path in sorted(folder.glob(f"{_TYPED}*{SUFFIX}")):
        is_nobodys = "-" not in path.name.removeprefix(_TYPED)
        if not (is_nobodys or path.name.startswith(prefix)) or (
            prefix == _TYPED and not is_nobodys
        ):
            continue
        try:
            left = _locked(path)
        except (OSError, LibraryProblem) as problem:
            _log.warning("The journal %s is left as it is: %s", path, problem)
        else:
            found += [left] if left is not None else []
    return found


def _locked(path: Path) -> _Left | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None  # Another program has just taken it over.
    if not lock_or_close(handle):
        return None
    try:
        return _Left(path, handle, rows_in(path))
    except BaseException:
        os.close(handle)
        raise


# -- the texts of a place ------------------------------------------------------------------------


def _texts(place: Place) -> dict[Key, str]:
    begun = {"title": place.begun.title, "kind": place.begun.kind, "brief": place.begun.brief}
    if place.begun.sources:
        begun["sources"] = json.dumps(place.begun.sources, ensure_ascii=False)
    return {
        **{(_UNSENT, branch): text for branch, text in place.unsent.items()},
        **{(_FOLDED, branch): text_of_spans(spans) for branch, spans in place.folded.items()},
        **{(_EDIT, branch): text for branch, text in place.edits.items()},
        **{(_LOCKED, branch): text_of_spans(spans) for branch, spans in place.locked.items()},
        **{(_WISH, branch): text for branch, text in place.wishes.items()},
        **{(_BEGUN, field): text for field, text in begun.items() if text},
    }


def _without_texts(place: Place) -> Place:
    nothing = Place()
    return replace(
        place,
        unsent=nothing.unsent,
        folded=nothing.folded,
        edits=nothing.edits,
        locked=nothing.locked,
        wishes=nothing.wishes,
        begun=NOTHING_BEGUN,
    )


def _with_texts(place: Place, changes: Mapping[Key, str]) -> Place:
    texts = {**_texts(place), **changes}
    every = (_UNSENT, _FOLDED, _EDIT, _LOCKED, _WISH, _BEGUN)
    kinds: dict[str, dict[str, str]] = {kind: {} for kind in every}
    for (kind, name), text in texts.items():
        if kind in kinds:
            kinds[kind][name] = text
    begun = kinds[_BEGUN]
    return replace(
        place,
        unsent=MappingProxyType({BranchId(name): text for name, text in kinds[_UNSENT].items()}),
        folded=_spans(kinds[_FOLDED]),
        edits=MappingProxyType({BranchId(name): text for name, text in kinds[_EDIT].items()}),
        locked=_spans(kinds[_LOCKED]),
        wishes=MappingProxyType({BranchId(name): text for name, text in kinds[_WISH].items()}),
        begun=BegunPiece(
            begun.get("title", ""),
            begun.get("kind", ""),
            begun.get("brief", ""),
            tuple(json.loads(begun.get("sources", "[]"))),
        ),
    )


def _spans(texts: Mapping[str, str]) -> Mapping[BranchId, tuple[Span, ...]]:
    return MappingProxyType({BranchId(name): spans_of_text(text) for name, text in texts.items()})


def _reconciled(saved: Mapping[Key, str], kept: Mapping[Key, Kept]) -> dict[Key, str]:
    """Return the texts of a journal, each combined with what another program saved since."""
    texts = {key: _both(key, saved.get(key), text) for key, text in kept.items()}
    for key, typed in kept.items():
        kind, name = key
        if kind in _SPANS_IN and texts[key] != typed.text:
            spans = (_SPANS_IN[kind], name)
            if texts[key] == saved.get(key):
                texts[spans] = saved.get(spans, "")
            else:
                ours = kept[spans].text if spans in kept else ""
                moved = len(texts[key]) - len(typed.text)
                texts[spans] = _spans_of_both(saved.get(spans, ""), ours, moved)
    return texts


def _spans_of_both(theirs: str, ours: str, moved: int) -> str:
    """Return the spans of a text and of another that follows it, `moved` so far."""
    after = (Span(span.start + moved, span.end + moved) for span in spans_of_text(ours))
    return text_of_spans((*spans_of_text(theirs), *after))


def _both(key: Key, saved: str | None, kept: Kept) -> str:
    """Return a journal's text, preceded by the saved text if another program wrote that since."""
    if not saved or mark_of(saved) == kept.over or key in _SHORT or key[0] in _SPANS_IN.values():
        return kept.text
    if kept.text in saved:
        return saved
    return kept.text if saved in kept.text else joined(saved, kept.text)
