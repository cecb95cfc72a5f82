"""Every command with paths that cannot be used: one clear sentence each, and nothing unforeseen."""

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.support.by_hand import edited
from tests.test_cli_main import _own_world, run
from tui.composition.opening import open_studio
from tui.settings import Settings

__all__ = ["_own_world"]

GONE = "deleted working folder"
WEIRD = "-weird \t“näme”*?.md"

WRONG = {
    "missing": "no/such/folder/x.md",
    "a folder": "folder",
    "in a circle": "circle/x.md",
    "nobody's": "~nobody-of-that-name/x.md",
    "below a file": "file.txt/x.md",
    "too long": "n" * 300,
    GONE: "x.md",
}
COMMANDS = {
    "new --brief-file": ("new", "T", "--brief-file={}"),
    "new --draft": ("new", "T", "--draft={}"),
    "new --source": ("new", "T", "--source={}"),
    "sources --add": ("sources", "One", "--add={}"),
    "sources --remove": ("sources", "One", "--remove={}"),
    "publish": ("publish", "One", "-o={}"),
    "export": ("export", "One", "-o={}"),
    "export --all": ("export", "--all", "-o={}.zip"),
    "import": ("import", "./{}.zip"),
    "verify": ("verify", "--file={}"),
    "--library": ("--library={}", "list"),
    "--library new": ("--library={}", "new", "T"),
    "doctor": ("doctor", "--library={}"),
}
WORKS = {
    # A folder may be a source and a library; one that is not there yet is made for a library.
    ("new --source", "a folder"), ("sources --add", "a folder"),
    ("--library", "a folder"), ("--library new", "a folder"),
    ("--library", "missing"), ("--library new", "missing"), ("doctor", "missing"),
    ("export --all", "a folder"),
}  # fmt: skip


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with an approved piece."""
    library = tmp_path_factory.mktemp("approved") / "library"
    asyncio.run(_approved(library))
    return library


@pytest.fixture
def desk(approved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, and a library with an approved piece."""
    folder = tmp_path / "desk"
    (folder / "folder").mkdir(parents=True)
    (folder / "file.txt").write_text("text")
    (folder / "circle").symlink_to("circle")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key")  # All is well with the doctor but the path.
    shutil.copytree(approved, tmp_path / "library")
    return folder


async def _approved(library: Path) -> None:
    async with open_studio(Settings(library=library), demo=False) as studio:
        content = await studio.create("One")
        await edited(studio, content.id, content.main, "The text.")
        await studio.decisions.approve(content.id, 1)


def _spoil(desk: Path, what: str) -> None:
    if what == GONE:
        shutil.rmtree(desk)


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_path_is_one_clear_sentence(
    desk: Path, command: str, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    _spoil(desk, what)
    words = [word.format(WRONG[what]) for word in COMMANDS[command]]
    code, out, err = run(capfd, *words)
    assert "not foreseen" not in err
    assert "Traceback" not in err + out
    if (command, what) in WORKS:
        assert code == 0, (out, err)
        return
    assert code in {1, 2}, (out, err)
    if command != "doctor":
        assert (err.count("\n"), err.startswith("redraft: ")) == (1, True), err


@pytest.mark.parametrize("words", [("list",), ("show", "One"), ("tree", "One"), ("doctor",)])
def test_what_needs_no_working_folder_works_without_one(
    desk: Path, words: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    _spoil(desk, GONE)
    _, _, err = run(capfd, *words)
    assert "not foreseen" not in err
    assert "working folder" not in err


def test_a_weird_name_is_a_name(desk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (desk / WEIRD).write_text("A brief.", "utf-8")
    code, out, err = run(capfd, "new", "T", f"--brief-file={WEIRD}", f"--source={WEIRD}")
    assert (code, err) == (0, "")
    code, out, err = run(capfd, "sources", out.strip())
    assert code == 0
    assert "näme" in out
