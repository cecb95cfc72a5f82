"""Texts that the library cannot take go to a folder beside the log file."""

import stat
from pathlib import Path

from tui.composition.rescue import RescueFolder


async def test_each_text_has_a_private_file_of_its_own(tmp_path: Path) -> None:
    folder = RescueFolder(tmp_path / "state" / "rescued")
    first, second = await folder.keep("a-b", "one"), await folder.keep("a-b", "two")
    files = sorted((tmp_path / "state" / "rescued").iterdir(), key=lambda file: file.read_text())
    assert [file.read_text() for file in files] == ["one", "two"]
    assert [str(files[0]) in first, str(files[1]) in second] == [True, True]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_where_nothing_can_be_written_the_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in the way")
    said = await RescueFolder(tmp_path / "state" / "rescued").keep("a-b", "one")
    assert "memory only" in said
