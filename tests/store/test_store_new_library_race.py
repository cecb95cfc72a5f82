"""Two programs that make one new library at the same moment both get it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.store.samples import START, sample
from tui.domain.errors import LibraryProblem
from tui.store import files, repository
from tui.store import folder as making
from tui.store.migrations import CURRENT
from tui.store.repository import Repository

TRACED = frozenset({repository.__file__, making.__file__, files.__file__})


def a_program(folder: Path) -> Repository:
    """Give what a program has before it looks at its library for the first time."""
    return Repository(folder, now=lambda: START, schema=CURRENT)


def another_program_comes(folder: Path, others: list[Repository]) -> None:
    """Let another program make the library from start to end, and save a content in it."""
    other = a_program(folder)
    other.prepare()
    other.create(sample("other222", "The other's"))
    others.append(other)


@contextmanager
def before_line(number: int, come: Callable[[], None]) -> Iterator[list[str]]:
    """Call `come` right before the given line (from 1) that the store runs; yields that line."""
    reached: list[str] = []
    lines = 0

    def watch(frame: FrameType, event: str, _: object) -> Any:
        nonlocal lines
        if frame.f_code.co_filename not in TRACED or reached:
            return None
        if event == "line":
            lines += 1
            if lines == number:
                reached.append(f"{frame.f_code.co_name}, line {frame.f_lineno}")
                sys.settrace(None)
                come()
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        yield reached
    finally:
        sys.settrace(before)


def test_a_library_made_right_after_the_first_look_is_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = Path.is_dir
    others: list[Repository] = []

    def is_dir(path: Path) -> bool:
        found = looked(path)
        if path == folder and not found and not others:
            others.append(a_program(folder))  # First: its own looks come here too.
            others[0].prepare()
        return found

    monkeypatch.setattr(Path, "is_dir", is_dir)
    mine = a_program(folder)
    mine.prepare()
    assert len(others) == 1, "the moment between the look and the making never came"
    mine.create(sample("mine2222", "Mine"))
    others[0].create(sample("other222", "The other's"))
    for program in (mine, *others):
        assert {row.id for row in program.catalog.page().rows} == {"mine2222", "other222"}
        program.close()


def test_the_other_program_may_come_before_any_line_of_the_making(tmp_path: Path) -> None:
    number, came = 0, 0
    while came == number:
        number += 1
        folder = tmp_path / f"library-{number}"
        others: list[Repository] = []
        mine = a_program(folder)
        with before_line(number, partial(another_program_comes, folder, others)) as place:
            try:
                mine.prepare()
            except LibraryProblem as problem:
                pytest.fail(f"the other came before {place}: {problem}")
        came += len(others)
        if others:
            mine.create(sample("mine2222", "Mine"))
            for program in (mine, *others):
                page = program.catalog.page()
                assert {row.id for row in page.rows} == {"mine2222", "other222"}, place
                assert page.problems == (), place
                program.close()
    assert came > 20, "hardly a line was tried"


@pytest.mark.parametrize("what", ["file", "link"])
def test_what_appears_meanwhile_and_is_no_folder_is_still_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    looked = Path.is_dir

    def is_dir(path: Path) -> bool:
        found = looked(path)
        if path == folder and not found and not folder.is_symlink() and not folder.exists():
            if what == "file":
                folder.write_text("not a library")
            else:
                folder.symlink_to(folder.parent / "nowhere")
        return found

    monkeypatch.setattr(Path, "is_dir", is_dir)
    with pytest.raises(LibraryProblem, match="is a file" if what == "file" else "leads nowhere"):
        a_program(folder).prepare()
