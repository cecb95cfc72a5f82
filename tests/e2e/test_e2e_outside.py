"""What other programs do to a library is on the screen of an open studio soon, without a key."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import RunRedraft
from tests.support.terminal import Terminal
from tests.support.warm import Warm

ROOT = Path(__file__).parents[2]
GONE = "Not readable since"


@pytest.fixture
def terminal(
    isolated_environment: dict[str, str],
    redraft_command: list[str],
    redraft: RunRedraft,
    warm: Warm,
) -> Iterator[Terminal]:
    """Open the studio on a library of one piece, which is on the screen."""
    assert redraft("new", "On lamps").code == 0
    with Terminal(redraft_command, env=isolated_environment, cwd=ROOT, start=warm) as opened:
        opened.wait_for("Generate ·")
        yield opened


def test_what_a_command_does_is_in_the_list_and_in_the_open_piece(
    terminal: Terminal, redraft: RunRedraft
) -> None:
    assert redraft("new", "On candles").code == 0
    terminal.wait_for("On candles")
    assert redraft("send", "On lamps", "Write about lamps").code == 0
    terminal.wait_for("Write about lamps")
    assert redraft("approve", "On lamps").code == 0
    terminal.wait_for("approved")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0


def moved(library: Path, away: Path) -> None:
    library.rename(away)


def replaced(library: Path, away: Path) -> None:
    library.rename(away)
    library.write_text("a file")


def put_back(library: Path, away: Path) -> None:
    library.unlink(missing_ok=True)
    away.rename(library)


def copied_back(library: Path, away: Path) -> None:
    library.unlink(missing_ok=True)
    shutil.copytree(away, library)


@pytest.mark.parametrize(
    ("goes", "comes"), [(moved, put_back), (replaced, copied_back)], ids=["moved", "replaced"]
)
def test_a_library_that_goes_is_told_of_and_one_that_comes_is_watched_again(
    terminal: Terminal,
    redraft: RunRedraft,
    library: Path,
    goes: Callable[[Path, Path], None],
    comes: Callable[[Path, Path], None],
) -> None:
    away = library.with_name("away")
    for title in ("On candles", "On the moon"):
        goes(library, away)
        terminal.wait_for(GONE)
        comes(library, away)
        terminal.wait_gone(GONE)
        assert redraft("new", title).code == 0
        terminal.wait_for(title)
        shutil.rmtree(away, ignore_errors=True)
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_another_branch_of_a_library_in_git_is_shown(
    terminal: Terminal, redraft: RunRedraft, library: Path, isolated_environment: dict[str, str]
) -> None:
    def git(*words: str) -> None:
        command = ["git", "-c", "user.name=Kim", "-c", "user.email=kim@example.org", *words]
        subprocess.run(
            command, cwd=library, env=isolated_environment, check=True, capture_output=True
        )

    git("init", "--quiet")
    git("add", "contents")
    git("commit", "--quiet", "--message", "Lamps")
    git("checkout", "--quiet", "-b", "candles")
    assert redraft("new", "On candles").code == 0
    assert redraft("send", "On lamps", "Write about lamps").code == 0
    terminal.wait_for("Write about lamps")
    git("add", "contents")
    git("commit", "--quiet", "--message", "Candles")
    git("checkout", "--quiet", "-")
    terminal.wait_for(
        lambda text: "On lamps" in text and not ("On candles" in text or "Write about" in text)
    )
    git("checkout", "--quiet", "candles")
    terminal.wait_for(lambda text: "On candles" in text and "Write about lamps" in text)
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
