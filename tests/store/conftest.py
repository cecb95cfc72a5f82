import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.store.disk import Disk, put_under
from tui.store.library import TinyStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
async def store(folder: Path) -> AsyncIterator[TinyStore]:
    opened = await TinyStore.open(folder)
    yield opened
    await opened.close()


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """The disk below the test's folder; nothing is seen before `watching`."""
    return put_under(Disk(tmp_path), monkeypatch)


@pytest.fixture
def refuse_to_replace(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Let the disk refuse to put a new file in its place, with an error number; None ends it."""
    original = Path.replace

    def switch(number: int | None) -> None:
        def replaced(self: Path, target: Path) -> Path:
            if number is None:
                return original(self, target)
            raise OSError(number, os.strerror(number), str(target))

        monkeypatch.setattr(Path, "replace", replaced)

    return switch
