"""Own angles as files in a library: what is no angle is left out and named, and nothing is lost."""

import os
import re
from pathlib import Path

import pytest

from tui.domain.angles import Angle
from tui.domain.errors import LibraryProblem
from tui.store.library import TinyStore


def put(folder: Path, name: str, data: str | bytes) -> None:
    (folder / "angles").mkdir(exist_ok=True)
    (folder / "angles" / name).write_bytes(data.encode() if isinstance(data, str) else data)


async def test_what_is_no_angle_is_left_out_and_named(store: TinyStore, folder: Path) -> None:
    put(folder, "good.md", "Go.")
    put(folder, "u\u0308ber.md", "On.")
    put(folder, "latin.md", b"caf\xe9")
    put(folder, "long.md", "x" * 70_000)
    put(folder, "open.md", "---\ntitle: T\n")
    put(folder, ".good.md.swp", "no")
    put(folder, ".hidden.md", "no")
    put(folder, "notes.txt", "no")
    (folder / "angles" / "folder.md").mkdir()
    os.mkfifo(folder / "angles" / "pipe.md")
    (folder / "angles" / "gone.md").symlink_to("nowhere")

    found = await store.angles.read()

    assert found.angles == (Angle("good", "Good", "Go."), Angle("über", "Über", "On."))
    assert [re.findall(r"he angle “([^”]*)”", said)[0] for said in found.problems] == [
        "folder.md",
        "gone.md",
        "latin.md",
        "long.md",
        "open.md",
        "pipe.md",
    ]
    assert found.problems[0] == (
        "A folder, pipe or device is in the place of the angle “folder.md”. "
        "Mend the file, or delete it."
    )
    assert found.problems[1] == (
        "The angle “gone.md” cannot be read (No such file or directory): mend the file, or delete "
        "it."
    )
    assert found.problems[2:4] == (
        "The text in the angle “latin.md” is not UTF-8. Mend the file, or delete it.",
        "The text in the angle “long.md” is too long for a prompt. Mend the file, or delete it.",
    )
    assert all(said.endswith(".") for said in found.problems)


async def test_a_library_without_a_folder_of_angles_has_none(
    store: TinyStore, folder: Path
) -> None:
    assert (await store.angles.read()).problems == ()
    assert not (folder / "angles").exists()
    (folder / "angles").write_text("a file")
    assert (await store.angles.read()).problems == (
        f"Your angles cannot be read: {folder / 'angles'}: Not a directory.",
    )
    with pytest.raises(LibraryProblem, match=r"angles/tighten\.md cannot be saved"):
        await store.angles.save("tighten", "Go.")


def saved(path: Path) -> tuple[bytes, int, list[str]]:
    names = [file.name for file in path.parent.iterdir()]
    return path.read_bytes(), path.stat().st_mode & 0o777, names


async def test_a_saved_angle_is_a_private_file_of_just_that_text(
    store: TinyStore, folder: Path
) -> None:
    path = Path(await store.angles.save("mine", "Gö.\n"))
    assert path == folder / "angles" / "mine.md"
    assert saved(path) == ("Gö.\n".encode(), 0o600, ["mine.md"])
