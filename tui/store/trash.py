"""The trash of a library: `trash/<id>.json` with its copies, and its texts in `trash/<id>/`.

Moving a content there or back is one rename of its file: the file is always in exactly one place.
Related files follow it into the trash, and precede it out of the trash. A second content with one
id is named `<id>+2` in the trash, and so on: nothing in the trash is ever overwritten.
"""

import shutil
from collections.abc import Container, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from glob import escape as glob_escape
from pathlib import Path

from tui.domain.catalog import ContentRow
from tui.domain.errors import LibraryProblem, NotFound
from tui.domain.ids import ContentId, SessionId
from tui.store.content_file import SUFFIX, ContentFile
from tui.store.files import make_folder, reading, writing
from tui.store.folder import ANOTHER, TRASH
from tui.store.locks import is_plain, lock_path, locked
from tui.store.migrations import Schema
from tui.store.parts import Parts
from tui.store.sessions import sessions_in
from tui.store.unreadable import Unreadable
from tui.whole_files import sync_folder

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Trash:
    """Deleted contents that can be restored; belongs to one thread."""

    def __init__(self, library: Path, *, locks: Path, parts: Parts, schema: Schema) -> None:
        self._folder = library / TRASH
        self._contents = library / "contents"
        self._texts = library / "texts"
        self._transcripts = library / "transcripts"
        self._locks = locks
        self._parts = parts
        self._schema = schema
        self._files: dict[str, ContentFile] = {}

    def take_in(self, path: Path) -> None:
        """Move a content's file and related files to the trash; the content's lock is held."""
        if path.is_symlink():
            raise LibraryProblem(
                f"{path} is a link to a file elsewhere, which Redraft does not move: move it "
                "yourself, or archive the piece instead."
            )
        with writing(self._folder):
            make_folder(self._folder, with_parents=False)
            stem = self._free_stem(path.stem)
            path.rename(self._folder / f"{stem}{SUFFIX}")
            sync_folder(self._folder)
            sync_folder(path.parent)
        with suppress(OSError):  # The content is in the trash already; these files only follow.
            for beside in path.parent.glob(f"{path.name}.*"):
                beside.rename(self._folder / f"{stem}{beside.name.removeprefix(path.stem)}")
            _move_folder(self._texts / path.stem, self._folder / stem)

    def _free_stem(self, content_id: str) -> str:
        """Return an unused file name in the trash; the content's lock is held."""
        # Unlike `glob`, this call raises when the folder cannot be read.
        names = [path.name for path in self._folder.iterdir()]
        stem, count = content_id, 1
        while any(name == stem or name.startswith(f"{stem}{SUFFIX}") for name in names):
            count += 1
            stem = f"{content_id}{ANOTHER}{count}"
        return stem

    def give_back(self, content_id: ContentId) -> None:
        """Move the most recently deleted file back; raises `NotFound`, `LibraryProblem`."""
        there = self._contents / f"{content_id}{SUFFIX}"
        with locked(lock_path(self._locks, "content", content_id)):
            here = self._newest(content_id)
            if here is None:
                raise NotFound(f"There is no piece {content_id} in the trash.")
            if here.is_symlink():
                raise LibraryProblem(
                    f"{here} is a link to a file elsewhere, which Redraft does not move: move the "
                    f"file itself to {there}."
                )
            if _is_there(there):
                raise LibraryProblem(
                    f"There is a piece {content_id} in the library already, so the one in the "
                    f"trash stays there: {here}."
                )
            with writing(there):
                for beside in self._folder.glob(f"{here.name}.*"):
                    beside.rename(there.with_name(there.name + beside.name[len(here.name) :]))
                _move_folder(self._folder / here.stem, self._texts / content_id)
                here.rename(there)
                sync_folder(there.parent)
                sync_folder(self._folder)
        self._files.pop(here.stem, None)

    def _newest(self, content_id: ContentId) -> Path | None:
        """Return a content's most recently deleted file; an unreadable file counts as oldest."""
        paths = [path for path in self._paths() if _owner(path.stem) == content_id]
        return max(
            paths,
            key=lambda path: (self._deleted_at(path), len(path.stem), path.stem),
            default=None,
        )

    def _deleted_at(self, path: Path) -> datetime:
        with suppress(OSError, LibraryProblem, Unreadable):
            return self._file(path).row().undo_at or _LONG_AGO
        return _LONG_AGO

    def _file(self, path: Path) -> ContentFile:
        return self._files.setdefault(path.stem, ContentFile(path, self._schema))

    def rows(self) -> tuple[ContentRow, ...]:
        """Return a row of every readable content in the trash, the last deleted first."""
        found = {path.stem: path for path in self._paths()}
        for gone in self._files.keys() - found.keys():
            del self._files[gone]
        rows = []
        for path in found.values():
            with suppress(OSError, LibraryProblem, Unreadable):
                rows.append(self._file(path).row())
        return tuple(sorted(rows, key=lambda row: row.undo_at or _LONG_AGO, reverse=True))

    def empty(self) -> int:
        """Delete the whole trash for good; return the number of contents deleted."""
        paths = list(self._paths())
        kept = sessions_in(self._contents, is_strict=True) if paths else {}
        for path in paths:
            with locked(lock_path(self._locks, "content", _owner(path.stem))), writing(path):
                if not _is_there(path):
                    continue  # Another program has just restored or deleted it.
                self._forget_transcripts(path, kept)
                for beside in self._folder.glob(f"{path.name}.*"):
                    beside.unlink(missing_ok=True)
                shutil.rmtree(self._folder / path.stem, ignore_errors=True)
                # Before the file: a backup alone would look like a content that lost its file.
                self._forget_remains(_owner(path.stem))
                path.unlink()
        if paths:
            with writing(self._folder):
                sync_folder(self._folder)
        self._files.clear()
        self._parts.sweep(self._contents)
        return len(paths)

    def _forget_remains(self, content_id: ContentId) -> None:
        """Delete files left behind by a program that was killed while deleting."""
        name = f"{content_id}{SUFFIX}"
        if not _is_there(self._contents / name):
            for copy in self._contents.glob(f"{name}.*"):
                copy.unlink(missing_ok=True)

    def _forget_transcripts(self, path: Path, kept: Container[SessionId]) -> None:
        """Delete the copies of a content's Claude sessions, which contain its text, too.

        Copies of sessions in `kept`, which contents of the library use, are not deleted.
        """
        with suppress(OSError, LibraryProblem, Unreadable):
            for branch in ContentFile(path, self._schema).read().branches:
                if branch.session in kept:
                    continue
                for copy in self._transcripts.glob(f"*/{glob_escape(branch.session)}.jsonl*"):
                    copy.unlink(missing_ok=True)

    def _paths(self) -> Iterator[Path]:
        if not self._folder.is_dir():
            return
        with reading(self._folder):
            paths = sorted(self._folder.iterdir())
        for path in paths:
            if path.suffix == SUFFIX and is_plain(_owner(path.stem)) and path.is_file():
                yield path


def _owner(stem: str) -> ContentId:
    return ContentId(stem.partition(ANOTHER)[0])


def _is_there(path: Path) -> bool:
    """Whether a file has this name; raises `OSError` when that is unknown."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True


def _move_folder(folder: Path, target: Path) -> None:
    """Move a folder; if the target exists, the files are moved into it."""
    if not folder.is_dir():
        return
    make_folder(target.parent, with_parents=False)
    if not target.exists():
        folder.rename(target)
        return
    for file in folder.iterdir():
        file.replace(target / file.name)
    folder.rmdir()
