"""Check of every file of a library; problems are returned as values, and nothing is changed.

`tui.store.fixing` repairs what can be repaired; `tui.store.surroundings` checks everything else.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui.domain.catalog import ContentRow, row_of
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem
from tui.domain.findings import FIX, Finding
from tui.domain.words import counted
from tui.store.consistency import changed_versions
from tui.store.content_file import SUFFIX, ContentFile
from tui.store.damage import DAMAGED, gone_finding, good_copy
from tui.store.files import PREVIOUS
from tui.store.folder import TRASH, is_trashed
from tui.store.index import read_index
from tui.store.locks import is_plain
from tui.store.migrations import CURRENT, Schema
from tui.store.storage import SafeStorage, newer_sentence
from tui.store.texts import text_bytes, text_names
from tui.store.unreadable import Unreadable

_TEXT_FILE: Final = re.compile(r"(?:approved|published)-v(\d+)\.md")


def check_contents(folder: Path, schema: Schema = CURRENT) -> list[Finding]:
    """Check every content, the index and the text files of a library."""
    checks: list[Finding] = []
    contents: dict[str, Content] = {}
    paths = sorted((folder / "contents").glob(f"*{SUFFIX}"))
    for path in paths:
        content, problems = check_file(path, schema)
        checks += problems
        if content is not None:
            contents[path.stem] = content
    checks += _without_file(folder, schema)
    if not checks:
        checks.append(Finding("contents", True, f"Every file is whole: {len(paths)} in all."))
    checks.append(_index(folder, contents))
    texts = [found for content in contents.values() for found in text_problems(folder, content)]
    checks += texts
    if not texts:
        checks.append(Finding("texts", True, "Every approved and published text has its file."))
    return [*checks, *_trash(folder, schema)]


def check_file(path: Path, schema: Schema) -> tuple[Content | None, list[Finding]]:
    """Return the readable content of a file, and the file's problems."""
    if not is_plain(path.stem):
        return None, [_wrong(f"{path} is not a file of Redraft's: move it elsewhere.")]
    file = ContentFile(path, schema)
    try:
        content = file.read()
    except Unreadable as damage:
        return None, [_damaged(path, damage, schema)]
    except OSError:
        sentence = f"{path} leads nowhere: put the file it names back, or delete the link."
        return None, [_wrong(sentence)]
    except LibraryProblem as problem:
        return None, [_wrong(str(problem))]
    if content.id != path.stem:
        sentence = f"{path} holds the piece {content.id}, perhaps a copy: move it elsewhere."
        return None, [_wrong(sentence)]
    if file.needs:
        return content, [_wrong(newer_sentence(path, file.needs))]
    changed = ", ".join(f"v{number}" for number in changed_versions(content))
    if changed:
        sentence = (
            f"The text of {changed} in {path} is not the one that was saved: put a backup of the "
            f"file in its place, or go on with the text as it is ({path.name}{PREVIOUS} is the "
            "copy from one save before)."
        )
        return content, [_wrong(sentence)]
    if not file.is_intact:
        sentence = f"{path} was changed by another program or by hand, but can be read."
        return content, [_wrong(sentence, f"{FIX} takes it as it is.")]
    return content, []


def _wrong(sentence: str, fix: str = "") -> Finding:
    return Finding("contents", False, sentence, fix)


def _damaged(path: Path, damage: Unreadable, schema: Schema) -> Finding:
    copy = good_copy(path, path.stem, schema)
    if copy is None:
        return _wrong(
            f"{damage.about(path)} There is no good copy from before: put a backup in its place."
        )
    return _wrong(
        f"{damage.about(path)} There is a good copy from before (“{copy[0].title}”, changed "
        f"{copy[0].updated_at:%Y-%m-%d %H:%M} UTC).",
        f"{FIX} puts it back and keeps the damaged file.",
    )


def without_file(folder: Path) -> dict[str, Path]:
    """Return the ids of contents whose file is missing, each with what is left of the content."""
    contents = folder / "contents"
    left = sorted([*contents.glob(f"*{SUFFIX}{PREVIOUS}"), *contents.glob(f"*{DAMAGED}*")])
    stems = {kept.name.partition(SUFFIX)[0]: kept for kept in left}
    return {
        stem: kept
        for stem, kept in stems.items()
        if not (contents / f"{stem}{SUFFIX}").exists() and not is_trashed(folder, stem)
    }


def _without_file(folder: Path, schema: Schema) -> Iterator[Finding]:
    for stem, kept in without_file(folder).items():
        if DAMAGED not in kept.name:
            yield gone_finding(folder / "contents" / f"{stem}{SUFFIX}", stem, schema)
            continue
        yield _wrong(
            f"The piece {stem} has no file any more; {kept} is a damaged file: put a backup in "
            f"its place as {stem}{SUFFIX}, or move it elsewhere."
        )


def _index(folder: Path, contents: dict[str, Content]) -> Finding:
    path = folder / "library.json"
    storage = SafeStorage(path, is_cache=True)
    try:
        storage.refresh()
    except FileNotFoundError:
        return Finding("index", True, "There is none yet; the next start writes it.")
    except (Unreadable, LibraryProblem) as error:
        sentence = error.about(path) if isinstance(error, Unreadable) else str(error)
        return Finding("index", False, sentence, f"{FIX} or the next start writes it anew.")
    if not storage.is_intact:
        sentence = f"{path} was changed by hand, so it does not count."
        return Finding("index", False, sentence, f"{FIX} writes it anew.")
    entries = read_index(path).entries()
    false = []
    for stem, entry in entries.items():
        with suppress(OSError):
            stat = (folder / "contents" / f"{stem}{SUFFIX}").stat()
            content = contents.get(stem)
            if content is not None and entry.holds(stat) and entry.row != row_of(content):
                false.append(stem)
    if false:
        sentence = f"{path} says something else than the files of {', '.join(false[:5])}."
        return Finding("index", False, sentence, f"{FIX} mends it.")
    return Finding("index", True, f"It agrees with the files: {len(entries)} in it.")


def text_problems(folder: Path, content: Content) -> Iterator[Finding]:
    """Return the problems of the files of a content's approved and published texts."""
    place = folder / "texts" / content.id
    names = text_names(content)
    for name, number in names.items():
        path = place / name
        try:
            is_same = path.read_bytes() == text_bytes(content.version(number).text)
        except OSError:
            sentence = f"{path} is not there or cannot be read."
            yield Finding("texts", False, sentence, f"{FIX} writes it again.")
            continue
        if not is_same:
            yield Finding(
                "texts",
                False,
                f"{path} is not the text of v{number} of “{content.title}”, which Redraft still "
                f"has: move the file elsewhere, then {FIX} writes it again.",
            )
    for path in stray_texts(folder, content):
        sentence = f"{path} is of an approval or publication that was undone."
        yield Finding("texts", False, sentence, f"{FIX} deletes it.")


def stray_texts(folder: Path, content: Content) -> list[Path]:
    """Return text files that no record of a content names, if they hold a version's text."""
    names, stray = text_names(content), []
    for path in sorted((folder / "texts" / content.id).glob("*.md")):
        made = _TEXT_FILE.fullmatch(path.name)
        number = int(made[1]) if made else 0
        if path.name in names or not 1 <= number <= len(content.versions):
            continue
        with suppress(OSError):
            if path.read_bytes() == text_bytes(content.version(number).text):
                stray.append(path)
    return stray


def _trash(folder: Path, schema: Schema) -> Iterator[Finding]:
    count = 0
    for path in sorted((folder / TRASH).glob(f"*{SUFFIX}")):
        row = _row(path, schema)
        count += row is not None
        if row is None:
            yield Finding(
                "trash",
                False,
                f"{path} cannot be read: `redraft doctor --empty-trash` deletes it for good.",
            )
    has = "It is empty."
    if count:
        what = counted(count, "piece")
        has = f"It holds {what}, which `redraft doctor --empty-trash` deletes for good."
    yield Finding("trash", True, has)


def _row(path: Path, schema: Schema) -> ContentRow | None:
    with suppress(OSError, LibraryProblem, Unreadable):
        return ContentFile(path, schema).row()
    return None
