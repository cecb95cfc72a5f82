"""Handling of damaged files: renamed, and the content restored from its good copy.

Nothing here deletes or overwrites a file that was found. The caller holds the content's lock.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from tui.domain.catalog import ContentRow
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem
from tui.domain.findings import FIX, Finding
from tui.domain.frozen import frozen
from tui.domain.words import counted
from tui.store.content_file import ContentFile
from tui.store.files import backup_of, writing
from tui.store.migrations import Schema
from tui.store.unreadable import Unreadable

DAMAGED: Final = ".damaged-"
"""Separator between a file's name and the time at which the file was set aside."""


@frozen
class Recovery:
    """The result of recovering a damaged file."""

    content: Content | None
    sentence: str


def target_of(path: Path) -> Path:
    """Return the file behind a symlink, or the path itself."""
    return Path(os.path.realpath(path))


def set_aside(path: Path, now: datetime) -> Path:
    """Give a damaged file a new name and return its path; the old name may stay as a second one."""
    target = target_of(path)
    for kept in target.parent.glob(f"{target.name}{DAMAGED}*"):
        if kept.samefile(target):  # An earlier recovery was begun and could not be finished.
            return kept
    stem = f"{target.name}{DAMAGED}{now:%Y%m%dT%H%M%SZ}"
    aside = target.with_name(stem)
    count = 1
    while os.path.lexists(aside):
        count += 1
        aside = target.with_name(f"{stem}-{count}")
    with writing(aside):
        try:
            os.link(target, aside)
        except OSError:  # a folder, or a file system without hard links
            target.rename(aside)
    return aside


def previous_file(path: Path, schema: Schema) -> ContentFile:
    """Return a content's backup, its file from before the last save; it may not exist."""
    return ContentFile(backup_of(path), schema)


def good_copy(path: Path, content_id: str, schema: Schema) -> tuple[Content, ContentFile] | None:
    """Return a damaged file's content from before the damage, and the file that holds it.

    That is the backup. It is the damaged file itself, up to the damage, if the backup is no good or
    has fewer saves: after a power cut the backup of a long file may lack its own last one.
    """
    previous = previous_file(path, schema)
    content = _content_of(previous, content_id)
    begun = ContentFile(path, schema, until_damage=True)
    before_damage = _content_of(begun, content_id)
    is_further = begun.is_intact and begun.generation > previous.generation
    if before_damage is not None and (content is None or is_further):
        return before_damage, begun
    return None if content is None else (content, previous)


def _content_of(file: ContentFile, content_id: str) -> Content | None:
    """Return the content of a file; None when the file is damaged or of another content."""
    try:
        content = file.read()
    except (OSError, LibraryProblem, Unreadable):
        return None
    return None if file.needs or content.id != content_id else content


def recover(
    file: ContentFile, damage: Unreadable, now: datetime, last: "Known", schema: Schema
) -> Recovery:
    """Set a damaged file aside and put its good copy in its place, if there is one.

    Raises `LibraryProblem` when the disk refuses; the damaged file then still has its old name.
    """
    copy = good_copy(file.path, last.id, schema)
    aside = set_aside(file.path, now)
    if copy is None:
        with writing(file.path):
            target_of(file.path).unlink(missing_ok=True)  # The file has its new name already.
        return Recovery(None, f"{lost_sentence(last, aside)} {damage.about('the damaged file')}")
    content, source = copy
    _write_back(file, content, source, last)
    sentence = _recovered_sentence(content, source.generation, damage, aside, last)
    return Recovery(content, sentence)


def put_back(file: ContentFile, last: "Known", schema: Schema) -> Recovery | None:
    """Restore a content's missing file from its backup; None when the backup is damaged."""
    previous = previous_file(file.path, schema)
    content = _content_of(previous, last.id)
    if content is None:
        return None
    _write_back(file, content, previous, last)
    generation = previous.generation
    sentence = (
        f"“{content.title}” ({content.id}) had lost its file: it was "
        f"{_as_it_was(content, generation)}; {_missing(content, generation, last)}."
    )
    return Recovery(content, sentence)


def _write_back(file: ContentFile, content: Content, source: ContentFile, last: "Known") -> None:
    file.continue_after(max(source.generation, last.generation))
    file.write(content, keep_previous=False, unknown=source.unknown)


def gone_finding(path: Path, content_id: str, schema: Schema) -> Finding:
    """Return the finding that a content's file is missing while its backup exists."""
    previous = previous_file(path, schema)
    content = _content_of(previous, content_id)
    if content is None:
        return Finding(
            "contents",
            False,
            f"The piece {content_id} has lost its file {path}, and {previous.path} is no good "
            "copy of it: put a backup in its place, or move that copy elsewhere.",
        )
    return Finding(
        "contents",
        False,
        f"“{content.title}” ({content_id}) has lost its file {path}. The copy from one save before "
        f"is good (changed {content.updated_at:%Y-%m-%d %H:%M} UTC).",
        f"{FIX} puts it back; if you took the file away yourself, take {previous.path} away too.",
    )


@frozen
class Known:
    """Facts about a content from before its file was damaged."""

    id: str
    generation: int = 0
    """0 when unknown."""
    row: ContentRow | None = None


def lost_sentence(last: Known, aside: Path) -> str:
    """Return a sentence that a content's file is unreadable and has no backup."""
    was = f"“{last.row.title}” ({last.id})" if last.row else f"The piece {last.id}"
    had = ""
    if last.row and last.row.version:
        branches = "1 branch" if last.row.branches == 1 else f"{last.row.branches} branches"
        had = f"; it had {branches} and its text was v{last.row.version}"
    return (
        f"{was} cannot be read, and there is no good copy from before{had}. The damaged file is "
        f"kept as {aside}: put a backup in its old place to have the piece back."
    )


def _recovered_sentence(
    content: Content, generation: int, damage: Unreadable, aside: Path, last: Known
) -> str:
    return (
        f"“{content.title}” ({content.id}) could not be read: it was "
        f"{_as_it_was(content, generation)}; {_missing(content, generation, last)}. "
        f"The damaged file is kept as {aside}. {damage.about('that file')}"
    )


def cut_sentence(file: ContentFile, content: Content, last: Known) -> str:
    """Return a sentence that saves are lost with the end of a file, which is cut off.

    Returns "" when no save is known to be missing: the one at the end was then interrupted.
    """
    if last.generation <= file.generation:
        return ""
    return (
        f"The end of {file.path} is cut off: of “{content.title}” "
        f"{_missing(content, file.generation, last)}. Put a backup in its place, or go on with the "
        "piece as it is."
    )


def _as_it_was(content: Content, generation: int) -> str:
    return f"recovered as it was at {content.updated_at:%Y-%m-%d %H:%M:%S} UTC (save {generation})"


def _missing(content: Content, generation: int, last: Known) -> str:
    saves = last.generation - generation
    if not last.generation:
        return "what the last save added is missing"
    if saves <= 0:
        return "nothing is missing"
    lost = f"the last {'save is' if saves == 1 else f'{saves} saves are'} missing"
    return lost + _version_lost(content, last)


def _version_lost(content: Content, last: Known) -> str:
    draft = content.draft(content.main)
    has = 0 if draft is None else draft.number
    if last.row is None or last.row.version is None or last.row.version <= has:
        return ""
    return f", with v{last.row.version} ({counted(last.row.words)})"
