"""What fails a test, although no assertion of its does: the suite's own alarms."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

SILENT = """
import asyncio
import pytest
import sys
import warnings


async def forgotten():
    pass


class Raising:
    def __del__(self):
        raise ValueError("nobody hears this")


def fail():
    raise ValueError("nobody waits for this")


async def fail_later():
    fail()


def test_a_file_that_is_never_closed(tmp_path):
    open(tmp_path / "file", "w")


def test_a_coroutine_that_is_never_awaited():
    forgotten()


def test_a_finaliser_that_raises():
    Raising()


async def test_a_callback_of_the_loop_that_raises():
    asyncio.get_running_loop().call_soon(fail)
    await asyncio.sleep(0)


async def test_a_task_that_fails_for_nobody():
    task = asyncio.create_task(fail_later())
    await asyncio.sleep(0)
    del task


def test_a_deprecation_in_our_own_code():
    warn = "import warnings; warnings.warn('old', DeprecationWarning)"
    exec(compile(warn, "ours.py", "exec"), {"__name__": "tui.screens.ours"})
"""
HARMLESS = """
import asyncio


def test_a_deprecation_in_a_library():
    warn = "import warnings; warnings.warn('old', DeprecationWarning)"
    exec(compile(warn, "theirs.py", "exec"), {"__name__": "theirs.module"})


async def test_the_one_after_it():
    await asyncio.sleep(0)
"""


def outcome(folder: Path, tests: str) -> str:
    """Return what pytest says of tests that run under this suite's own rules."""
    (folder / "test_inside.py").write_text(tests)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-n", "0", "-rA", "-p", "tests.conftest"),
            *("-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), str(folder)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_what_goes_wrong_unheard_fails_the_test_it_happens_in(tmp_path: Path) -> None:
    said = outcome(tmp_path, SILENT)
    names = [line.split("(")[0].split()[-1] for line in SILENT.splitlines() if "def test_" in line]
    lines = [line for line in said.splitlines() if line.startswith(("ERROR", "FAILED"))]
    unseen = [name for name in names if not any(f"::{name} " in f"{line} " for line in lines)]
    assert (len(names), unseen) == (6, []), said


def test_a_librarys_own_deprecation_is_shown_and_fails_nothing(tmp_path: Path) -> None:
    said = outcome(tmp_path, HARMLESS)
    assert "2 passed" in said, said
    assert "DeprecationWarning: old" in said
