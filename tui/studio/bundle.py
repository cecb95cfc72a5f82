"""A library as one ZIP file: written atomically, and treated as untrusted input when read.

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
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from tui.domain.errors import FileInTheWay, InvalidInput, RedraftError, Refused
from tui.domain.frozen import frozen
from tui.domain.ids import ContentId, SessionId
from tui.whole_files import opened_beside, put_in_place, sync

FORMAT: Final = "redraft-library"
SCHEMA: Final = 1
MANIFEST: Final = "redraft.json"
_CONTENT: Final = re.compile(r"contents/([A-Za-z0-9][A-Za-z0-9_-]{0,99})\.json")
_TRANSCRIPT: Final = re.compile(
    r"transcripts/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl", re.ASCII
)
_ANGLE: Final = re.compile(r"angles/([^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]{0,99})\.md")
_TEXT: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A JSON string; possessive quantifiers avoid backtracking, so a long string costs no memory.

A string without a closing quote matches to the end: otherwise each quote in the string would
count as an opening quote.
"""
_LEVEL: Final = 6
_MODE_BITS: Final = 16
_ENCRYPTED: Final = 0x1
_MIB: Final = 1024 * 1024
_FREE: Final = 64 * _MIB
"""Unpacked size in bytes that is allowed for every bundle, however small the file is."""
_MANIFEST_SIZE: Final = 64 * 1024
"""Maximum number of manifest bytes read to tell a bundle from other files."""


@frozen
class Limits:
    """Size limits for a bundle; sizes are unpacked bytes."""

    entries: int = 50_000
    content_size: int = 64 * _MIB
    transcript_size: int = 128 * _MIB
    angle_size: int = 64 * 1024
    total_size: int = 4096 * _MIB
    ratio: int = 200
    """Maximum compression ratio of an entry, and of the whole bundle, beyond the first few MiB.

    A text that repeats itself word for word compresses by a factor of 130 at most.
    """
    values: int = 1_000_000
    """JSON values in a content or in a line of a transcript: each takes up to 200 bytes in memory,
    however short it is in the file."""

    def size_of(self, name: str) -> int:
        """Return the size limit for the entry with this name."""
        if name == MANIFEST:
            return _MANIFEST_SIZE
        if _ANGLE.fullmatch(name):
            return self.angle_size
        return self.transcript_size if _TRANSCRIPT.fullmatch(name) else self.content_size


LIMITS: Final = Limits()


def content_entry(content_id: ContentId) -> str:
    """Return the entry name of a content."""
    return f"contents/{content_id}.json"


def angle_entry(name: str) -> str:
    """Return the entry name of an angle; raises `Refused`."""
    entry = f"angles/{name}.md"
    if not _ANGLE.fullmatch(entry):
        raise Refused(f"The angle “{name}” is left out of the bundle: give its file a plain name.")
    return entry


def transcript_entry(session: SessionId) -> str:
    """Return the entry name of a transcript; raises `Refused`."""
    name = f"transcripts/{session}.jsonl"
    if not _TRANSCRIPT.fullmatch(name):
        raise Refused(f"The session id “{session}” is no UUID: its transcript cannot be carried.")
    return name


class BundleWriter:
    """Writes a bundle to a temporary file beside the target; `finish` moves it into place."""

    def __init__(self, path: Path, *, replace: bool = True, limits: Limits = LIMITS) -> None:
        """Without `replace`, no existing file is replaced, not even an older bundle."""
        self._named = path
        self._path = path
        self._limits = limits
        self._may_replace = replace
        self._temporary: Path | None = None
        self._file: IO[bytes] | None = None
        self._zip: zipfile.ZipFile | None = None

    def open(self) -> None:
        """Create the file; raises `RedraftError`, `FileInTheWay` and `OSError`."""
        self._path = Path(os.path.realpath(self._named))
        if self._path.is_dir():
            raise RedraftError(f"{self._named} is a folder: name a file to write to.")
        if self._path.is_file() and not self._may_replace:
            raise FileInTheWay(str(self._named))
        handle, self._temporary = opened_beside(self._path)
        self._file = os.fdopen(handle, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", compresslevel=_LEVEL)

    def add(self, name: str, data: bytes) -> None:
        """Add an entry; raises `Refused` when the entry is too large to be imported again."""
        most = self._limits.size_of(name)
        if len(data) > most:
            raise Refused(
                f"{name} is left out of the bundle: it has {len(data)} bytes, and no more than "
                f"{most} can be imported."
            )
        self._open_zip().writestr(name, data, self._way_of(data))

    def _way_of(self, data: bytes) -> int:
        """Return the compression method: stored if the packed entry would look like a ZIP bomb."""
        is_odd = len(data) > _MIB and (
            len(zlib.compress(data, _LEVEL)) * self._limits.ratio < len(data)
        )
        return zipfile.ZIP_STORED if is_odd else zipfile.ZIP_DEFLATED

    def _open_zip(self) -> zipfile.ZipFile:
        if self._zip is None:
            raise ValueError("the bundle is not open")
        return self._zip

    def finish(self, *, version: str, made_at: str, contents: int, transcripts: int) -> None:
        """Write the manifest and move the bundle into place atomically."""
        manifest = {
            "format": FORMAT,
            "schema": SCHEMA,
            "redraft": version,
            "made_at": made_at,
            "contents": contents,
            "transcripts": transcripts,
        }
        packed = self._open_zip()
        packed.writestr(MANIFEST, json.dumps(manifest, indent=2).encode())
        packed.close()
        assert self._file is not None
        assert self._temporary is not None
        self._file.flush()
        sync(self._file.fileno())
        self._file.close()
        put_in_place(self._temporary, self._path, may_replace=self._may_replace)

    def give_up(self) -> None:
        """Delete the temporary file; harmless after `finish` and before `open`."""
        for file in (self._zip, self._file):  # A ZIP file left open would write once more.
            with suppress(OSError, ValueError):
                if file is not None:
                    file.close()
        with suppress(OSError):
            if self._temporary is not None:
                self._temporary.unlink()


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(
        f"The file {path} cannot be read: {error.strerror or type(error).__name__}."
    )


class BundleReader:
    """An open bundle with a validated list of entries; use it as a context manager.

    Raises `InvalidInput` when the file cannot be read, and `Refused` with one sentence when Redraft
    cannot have written the file. Only entry names that Redraft writes are accepted, so an entry
    name can never lead to a path outside.
    """

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        self._limits = limits
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise _unreadable(path, error) from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise Refused(f"{path} is not a bundle of Redraft's: it is no ZIP file.") from error
        self.contents: dict[ContentId, zipfile.ZipInfo] = {}
        self.transcripts: dict[SessionId, zipfile.ZipInfo] = {}
        self.angles: dict[str, zipfile.ZipInfo] = {}
        try:
            self._check_entries()
            self._check_manifest()
        except OSError as error:
            self._zip.close()
            raise _unreadable(path, error) from error
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
        """Return the bytes of an entry, at most as many as it declares; raises `Refused`."""
        try:
            with self._zip.open(entry) as file:
                data = file.read(entry.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise BundleRefused(f"The entry {shown(entry.filename)} is damaged.") from error
        if len(data) != entry.file_size:
            raise BundleRefused(f"The entry {shown(entry.filename)} has another size than it says.")
        is_rows = _TRANSCRIPT.fullmatch(entry.filename) is not None
        if has_more_values(data, self._limits.values, by_line=is_rows):
            raise BundleRefused(f"The entry {shown(entry.filename)} holds too many values.")
        return data

    def _check_entries(self) -> None:
        entries = self._zip.infolist()
        if len(entries) > self._limits.entries:
            most = self._limits.entries
            raise BundleRefused(f"The bundle has {len(entries):,} entries; {most:,} is the most.")
        total = sum(entry.file_size for entry in entries)
        packed = os.fstat(self._zip.fp.fileno()).st_size if self._zip.fp else 0
        if sum(entry.compress_size for entry in entries) > packed:
            raise BundleRefused("The entries of the bundle lie over each other.")
        if total > min(self._limits.total_size, max(_FREE, self._limits.ratio * packed)):
            raise BundleRefused("The bundle would unpack to more than a bundle may hold.")
        names: set[str] = set()
        for entry in entries:
            self._check_entry(entry)
            if entry.filename.casefold() in names:
                raise BundleRefused(f"The entry {shown(entry.filename)} is in it twice.")
            names.add(entry.filename.casefold())
            if content := _CONTENT.fullmatch(entry.orig_filename):
                self.contents[ContentId(content[1])] = entry
            elif transcript := _TRANSCRIPT.fullmatch(entry.orig_filename):
                self.transcripts[SessionId(transcript[1])] = entry
            elif angle := _ANGLE.fullmatch(entry.orig_filename):
                self.angles[angle[1]] = entry
            elif entry.orig_filename != MANIFEST:
                raise BundleRefused(
                    f"The entry {shown(entry.orig_filename)} has no name of Redraft's."
                )

    def _check_entry(self, entry: zipfile.ZipInfo) -> None:
        name = shown(entry.filename)
        kind = stat.S_IFMT(entry.external_attr >> _MODE_BITS)
        if entry.is_dir() or kind not in (0, stat.S_IFREG):
            raise BundleRefused(f"The entry {name} is not an ordinary file.")
        if entry.flag_bits & _ENCRYPTED:
            raise BundleRefused(f"The entry {name} is encrypted.")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BundleRefused(f"The entry {name} is packed in a way that Redraft does not use.")
        most = max(_MIB, self._limits.ratio * entry.compress_size)
        if entry.file_size > min(self._limits.size_of(entry.filename), most):
            raise BundleRefused(f"The entry {name} would unpack to {entry.file_size:,} bytes.")

    def _check_manifest(self) -> None:
        manifest: object = None
        with suppress(KeyError, ValueError, RecursionError):
            manifest = json.loads(self.read(self._zip.getinfo(MANIFEST)))
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise BundleRefused(f"The bundle has no {MANIFEST} that says it is one.")
        schema = manifest.get("schema")
        if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
            raise BundleRefused("The bundle does not say which schema it has.")
        if schema > SCHEMA:
            raise BundleRefused(
                f"The bundle was made by a newer Redraft (schema {schema}): update this one first."
            )
        if manifest.get("contents") != len(self.contents):
            raise BundleRefused("The bundle does not hold as many pieces as it says.")
        if manifest.get("transcripts") != len(self.transcripts):
            raise BundleRefused("The bundle does not hold as many transcripts as it says.")


def has_more_values(data: bytes, most: int, *, by_line: bool) -> bool:
    """Return whether JSON has more values than the limit, in total or in a line; nothing is parsed.

    The number of lines has the same limit, because each line is a value too.
    """
    if by_line and data.count(b"\n") > most:
        return True
    if _marks(data) <= most:  # Marks inside texts count here, which is quick and mostly enough.
        return False
    parts = data.split(b"\n") if by_line else (data,)
    return any(_marks(part) > most and _has_more(part, most) for part in parts)


def _has_more(data: bytes, most: int) -> bool:
    """Count values outside of JSON strings; stop once the limit is exceeded."""
    count = at = 0
    for number, text in enumerate(_TEXT.finditer(data)):
        count += _marks(data[at : text.start()])
        at = text.end()
        if count > most or number > 2 * most:  # Half of the texts may be names.
            return True
    return count + _marks(data[at:]) > most


def _marks(data: bytes) -> int:
    return sum(map(data.count, (b",", b"[", b"{")))


class BundleRefused(Refused):
    """A bundle that cannot be imported; the message says what is wrong with it."""


def shown(name: str) -> str:
    """Return the name of an entry as sentences show it."""
    return f"“{name[:80]}”"
