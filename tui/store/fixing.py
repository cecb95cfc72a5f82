"""Repairs of a library: permissions, leftovers, damaged and changed files, the index.

Nothing that holds a writer's words is deleted; damaged files are set aside as usual.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tui.domain.errors import RedraftError
from tui.domain.ids import ContentId
from tui.store.checking import check_file, stray_texts, text_problems, without_file
from tui.store.consistency import changed_versions
from tui.store.content_file import SUFFIX
from tui.store.files import FILE_MODE, FOLDER_MODE, PREVIOUS
from tui.store.migrations import CURRENT, Schema
from tui.store.repository import Repository
from tui.store.surroundings import leftover_files, loose_paths


def fix_library(
    folder: Path, now: Callable[[], datetime], schema: Schema = CURRENT
) -> tuple[str, ...]:
    """Repair what can be repaired; return the contents that were recovered, as sentences.

    Raises `LibraryProblem` when the library cannot be used at all.
    """
    if not folder.exists():
        return ()
    for path in loose_paths(folder):
        with suppress(OSError):
            path.chmod(FOLDER_MODE if path.is_dir() else FILE_MODE)
    for path in leftover_files(folder):
        with suppress(OSError):
            path.unlink()
    repository = Repository(folder, now=now, schema=schema)
    repository.prepare()
    for stem, kept in without_file(folder).items():
        with suppress(RedraftError):
            if kept.name.endswith(PREVIOUS):
                repository.put_back(ContentId(stem))
    # Sets damaged files aside and puts the copies from before in their place.
    repository.catalog.page()
    for path in sorted((folder / "contents").glob(f"*{SUFFIX}")):
        with suppress(RedraftError):  # What cannot be mended is found again by the next look.
            _fix_content(repository, path, schema)
    repository.close()
    _make_index_anew(folder, now, schema)
    return repository.recovered


def _fix_content(repository: Repository, path: Path, schema: Schema) -> None:
    content, problems = check_file(path, schema)
    if content is None:
        return
    for stray in stray_texts(repository.folder, content):
        with suppress(OSError):
            stray.unlink()
    # A save would replace the backup, which may be the only copy with the right texts.
    is_safe = not changed_versions(content)
    if is_safe and (problems or any(text_problems(repository.folder, content))):
        repository.update(ContentId(path.stem), replace)


def _make_index_anew(folder: Path, now: Callable[[], datetime], schema: Schema) -> None:
    with suppress(OSError):
        (folder / "library.json").unlink(missing_ok=True)
    repository = Repository(folder, now=now, schema=schema)
    repository.prepare()
    repository.catalog.page()
    repository.close()
