"""Bundles of less than a megabyte that would fill the memory.

`python -m tests.studio.hostile FOLDER` takes them in, with little memory, and says what came of it.
"""

import asyncio
import json
import random
import resource
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from tests.store.samples import sample
from tui.agent.carried import carried
from tui.clock import utc_now
from tui.composition.opening import RandomIds
from tui.domain.errors import RedraftError
from tui.domain.ids import SessionId
from tui.store.documents import document_of
from tui.store.library import TinyStore
from tui.studio.transfer import Transfer

ROOM = 400 * 1024 * 1024
"""Bytes of address space beyond what the program has when it begins."""
SESSION = "7f0c1f0e-0000-4000-8000-000000000001"
NOISE = random.Random(7).randbytes(100_000).hex().encode()
"""What no packing makes smaller than half, so that a large entry is not told by its ratio."""
ROW = b'{"type":"user","uuid":"u1","message":{"content":"%s"}}\n' % NOISE


class NoTranscripts:
    """A machine without sessions; what comes is looked at as on a real one."""

    async def taken(self) -> frozenset[SessionId]:
        return frozenset()

    def carried(self, data: bytes, session: SessionId) -> bytes:
        return carried(data, session)


def with_checksum(body: bytes) -> bytes:
    """A document of any tables whose checksum is right."""
    header = '{\n  "redraft": {"1": {"schema": 1, "generation": 1, "sha256": "%s"}},\n'
    return (header % sha256(body).hexdigest()).encode() + body


def tables(values: bytes) -> bytes:
    """Tables that hold these values in one row, after much noise."""
    return b'"content": {"1": {"id": "%s", "tags": [%s 0]}}}\n' % (NOISE, values)


CONTENTS: dict[str, Callable[[], bytes]] = {
    "lists": lambda: with_checksum(tables(b"[]," * 6_500_000)),
    "objects": lambda: with_checksum(tables(b'{"a":1},' * 2_400_000)),
    "texts": lambda: with_checksum(tables(b'"ab",' * 3_900_000)),
    "depth": lambda: with_checksum(tables(b"[" * 19_000_000)),
    "an open text": lambda: with_checksum(tables(b"[]," * 1_100_000 + b'"' + b'\\"' * 500_000)),
    "a wrong checksum": lambda: with_checksum(tables(b'"ab",' * 190_000)).replace(b"ab", b"cd"),
    "a zero bomb": lambda: bytes(30_000_000),
}
TRANSCRIPTS: dict[str, Callable[[], bytes]] = {
    "a long row": lambda: ROW + b'{"type":"tag","x":[%s 0]}\n' % (b"[]," * 6_500_000),
    "empty lines": lambda: ROW + b"\n" * 19_000_000,
    "small rows": lambda: ROW + b'{"type":"tag"}\n' * 2_400_000,
}


def write(path: Path, content: bytes, *transcripts: bytes) -> None:
    """Write a bundle that holds these bytes as a content and as transcripts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("redraft.json", manifest(1, len(transcripts)))
        file.writestr("contents/sample22.json", content)
        for data in transcripts:
            file.writestr(f"transcripts/{SESSION}.jsonl", data)


def manifest(contents: int, transcripts: int = 0) -> str:
    """What a bundle says of itself."""
    counts = {"contents": contents, "transcripts": transcripts}
    return json.dumps({"format": "redraft-library", "schema": 1, **counts})


def write_many(path: Path, count: int) -> None:
    """Write a bundle with so many contents of a megabyte of zeros, which is packed once."""
    data = bytes(1_000_000)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("redraft.json", manifest(count + 1))
        file.writestr("contents/sample22.json", document_of(sample()))
        file.writestr("contents/more0000.json", data)
        first, packed = file.infolist()[2], zlib.compress(data, wbits=-15)
        assert file.fp is not None
        assert len(packed) == first.compress_size
        for number in range(1, count):
            entry = like(first, f"contents/more{number:04}.json", at=file.fp.tell())
            file.fp.write(entry.FileHeader() + packed)
            file.filelist.append(entry)
        file.start_dir = file.fp.tell()


def like(first: zipfile.ZipInfo, name: str, *, at: int) -> zipfile.ZipInfo:
    """Return an entry like one that is written already, under another name."""
    entry = zipfile.ZipInfo(name)
    for same in ("compress_size", "file_size", "CRC", "compress_type"):
        setattr(entry, same, getattr(first, same))
    entry.header_offset = at
    return entry


def write_overlapping(path: Path) -> None:
    """Write a bundle whose list names one and the same entry two thousand times."""
    data = document_of(sample()) + NOISE
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("redraft.json", manifest(2000))
        file.writestr("contents/sample22.json", data)
        first = file.infolist()[1]
        for number in range(1_999):
            name = f"contents/again{number:04}.json"
            file.filelist.append(like(first, name, at=first.header_offset))


def written(folder: Path) -> Iterator[tuple[str, Path]]:
    """Write all hostile bundles; each is less than a megabyte."""
    for name, made in CONTENTS.items():
        write(folder / f"{name}.zip", made())
        yield name, folder / f"{name}.zip"
    for name, made in TRANSCRIPTS.items():
        write(folder / f"{name}.zip", document_of(sample()), made())
        yield name, folder / f"{name}.zip"
    write_many(folder / "many.zip", 400)
    yield "many", folder / "many.zip"
    write_overlapping(folder / "overlapping.zip")
    yield "overlapping", folder / "overlapping.zip"


async def take_in(folder: Path, bundles: list[tuple[str, Path]]) -> None:
    """Take all of them in, and say what came of it and how long it took."""
    store = await TinyStore.open(folder / "library")
    moving = Transfer(store, store.documents, NoTranscripts(), utc_now, RandomIds(), version=str)  # type: ignore[arg-type]
    for name, path in bundles:
        began = time.perf_counter()
        try:
            await moving.take_in(path)
            said = "taken in"
        except RedraftError as problem:
            said = str(problem)
        except MemoryError:
            said = "no memory"
        sys.stdout.write(
            f"{name}\t{path.stat().st_size}\t{said}\t{time.perf_counter() - began:.1f}\n"
        )
    sys.stdout.write(f"rows\t0\t{len((await store.catalog()).rows)}\t0\n")
    await store.close()


def main() -> None:
    """Write the bundles, then take them in with little memory."""
    folder = Path(sys.argv[1])
    bundles = list(written(folder))
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, resource.RLIM_INFINITY))
    asyncio.run(take_in(folder, bundles))


if __name__ == "__main__":
    main()
