"""A library as one ZIP file: written whole or not at all, and read as what a stranger may send.

```
redraft.json                 what the file is: format, schema, version, how many of each
contents/<id>.json           a document per content
transcripts/<session>.jsonl  the transcript of a branch that can be resumed
```
Everything here blocks.
"""

import json
import os
import re
import stat
import tempfile
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tui.domain.errors import FileInTheWay, InvalidInput, RedraftError, Refused
from tui.domain.ids import ContentId, SessionId
from tui.studio.files import put_in_place

FORMAT: Final = "redraft-library"
SCHEMA: Final = 1
MANIFEST: Final = "redraft.json"
_CONTENT: Final = re.compile(r"contents/([A-Za-z0-9][A-Za-z0-9_-]{0,99})\.json")
_TRANSCRIPT: Final = re.compile(
    r"transcripts/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl", re.ASCII
)
_MODE_BITS: Final = 16
_ENCRYPTED: Final = 0x1
_MIB: Final = 1024 * 1024
_MANIFEST_SIZE: Final = 64 * 1024
"""Bytes read of a manifest at most, to tell an archive from other files."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold; sizes in bytes."""

    entries: int = 50_000
    entry_size: int = 256 * _MIB
    total_size: int = 4096 * _MIB
    ratio: int = 500
    """Times an entry may be larger than what is stored of it, beyond the first MiB."""


LIMITS: Final = Limits()


def content_entry(content_id: ContentId) -> str:
    """Return the name under which a content lies in an archive."""
    return f"contents/{content_id}.json"


def transcript_entry(session: SessionId) -> str:
    """Return the name under which a transcript lies in an archive; raises `Refused`."""
    name = f"transcripts/{session}.jsonl"
    if not _TRANSCRIPT.fullmatch(name):
        raise Refused(f"The session id “{session}” is no UUID: its transcript cannot be carried.")
    return name


class ArchiveWriter:
    """Writes an archive beside its place, and puts it there when `finish` is called."""

    def __init__(self, path: Path, *, replace: bool = True) -> None:
        """Make the file; without `replace`, an older archive is replaced and nothing else."""
        self._path = Path(os.path.realpath(path))
        if self._path.is_dir():
            raise RedraftError(f"{path} is a folder: name a file to write to.")
        self._may_replace = replace or is_archive(self._path)
        if self._path.is_file() and not self._may_replace:
            raise FileInTheWay(str(path))
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=self._path.parent)
        self._temporary = Path(name)
        self._file = os.fdopen(handle, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def add(self, name: str, data: bytes) -> None:
        """Add an entry."""
        self._zip.writestr(name, data)

    def finish(self, *, version: str, made_at: str, contents: int, transcripts: int) -> None:
        """Write what the file is, and put it in its place in one step."""
        manifest = {
            "format": FORMAT,
            "schema": SCHEMA,
            "redraft": version,
            "made_at": made_at,
            "contents": contents,
            "transcripts": transcripts,
        }
        self._zip.writestr(MANIFEST, json.dumps(manifest, indent=2).encode())
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        put_in_place(self._temporary, self._path, may_replace=self._may_replace)

    def give_up(self) -> None:
        """Leave nothing behind; harmless after `finish`."""
        with suppress(OSError, ValueError):
            self._file.close()
        with suppress(OSError):
            self._temporary.unlink()


def is_archive(path: Path) -> bool:
    """Return whether a file is an archive that Redraft wrote; its entries are not looked at."""
    try:
        with zipfile.ZipFile(path) as file, file.open(MANIFEST) as manifest:
            said = json.loads(manifest.read(_MANIFEST_SIZE))
    except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return False
    return isinstance(said, dict) and said.get("format") == FORMAT


class ArchiveReader:
    """An open archive whose list of entries has been checked; use it in a `with`.

    Raises `InvalidInput` when the file cannot be read, `Refused` with one sentence when it is not
    what Redraft writes. Only names that Redraft gives are let in, so no name leads anywhere.
    """

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        self._limits = limits
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise InvalidInput(f"The file {path} cannot be read: {reason}.") from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise Refused(f"{path} is not an archive of Redraft's: it is no ZIP file.") from error
        self.contents: dict[ContentId, zipfile.ZipInfo] = {}
        self.transcripts: dict[SessionId, zipfile.ZipInfo] = {}
        try:
            self._check_entries()
            self._check_manifest()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def read(self, entry: zipfile.ZipInfo) -> bytes:
        """Return the bytes of an entry, and no more than it says it has; raises `Refused`."""
        try:
            with self._zip.open(entry) as file:
                data = file.read(entry.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise Refused(_refusal(f"its entry {_shown(entry.filename)} is damaged")) from error
        if len(data) != entry.file_size:
            raise Refused(_refusal(f"its entry {_shown(entry.filename)} has another size"))
        return data

    def _check_entries(self) -> None:
        entries = self._zip.infolist()
        if len(entries) > self._limits.entries:
            raise Refused(_refusal(f"it has {len(entries)} entries, too many"))
        if sum(entry.file_size for entry in entries) > self._limits.total_size:
            raise Refused(_refusal("it would unpack to more than an archive may hold"))
        names: set[str] = set()
        for entry in entries:
            self._check_entry(entry)
            if entry.filename.casefold() in names:
                raise Refused(_refusal(f"its entry {_shown(entry.filename)} is there twice"))
            names.add(entry.filename.casefold())
            if content := _CONTENT.fullmatch(entry.orig_filename):
                self.contents[ContentId(content[1])] = entry
            elif transcript := _TRANSCRIPT.fullmatch(entry.orig_filename):
                self.transcripts[SessionId(transcript[1])] = entry
            elif entry.orig_filename != MANIFEST:
                raise Refused(
                    _refusal(f"its entry {_shown(entry.orig_filename)} has no name of Redraft's")
                )

    def _check_entry(self, entry: zipfile.ZipInfo) -> None:
        shown = _shown(entry.filename)
        kind = stat.S_IFMT(entry.external_attr >> _MODE_BITS)
        if entry.is_dir() or kind not in (0, stat.S_IFREG):
            raise Refused(_refusal(f"its entry {shown} is not an ordinary file"))
        if entry.flag_bits & _ENCRYPTED:
            raise Refused(_refusal(f"its entry {shown} is encrypted"))
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(_refusal(f"its entry {shown} is packed in a way Redraft does not use"))
        most = max(_MIB, self._limits.ratio * entry.compress_size)
        if entry.file_size > min(self._limits.entry_size, most):
            raise Refused(_refusal(f"its entry {shown} would unpack to {entry.file_size} bytes"))

    def _check_manifest(self) -> None:
        manifest: object = None
        with suppress(KeyError, ValueError, RecursionError):
            manifest = json.loads(self.read(self._zip.getinfo(MANIFEST)))
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise Refused(_refusal(f"it has no {MANIFEST} that says it is one"))
        schema = manifest.get("schema")
        if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
            raise Refused(_refusal("it does not say which schema it has"))
        if schema > SCHEMA:
            raise Refused(
                _refusal(f"it was made by a newer Redraft (schema {schema}): update this one first")
            )
        for what, found in (("contents", self.contents), ("transcripts", self.transcripts)):
            if manifest.get(what) != len(found):
                raise Refused(_refusal(f"it does not hold as many {what} as it says"))


def _refusal(why: str) -> str:
    return f"The archive was not imported, and nothing was changed: {why}."


def refused(what: str, why: str) -> Refused:
    """Return the refusal of an archive for the sake of one of its entries."""
    return Refused(_refusal(f"{_shown(what)} cannot be used, {why.rstrip('.')}"))


def _shown(name: str) -> str:
    return f"“{name[:80]}”"
