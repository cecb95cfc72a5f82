"""The sentences for what is wrong with a file, and the details that they name."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from tui.store.unreadable import Fault, Unreadable

STORE = Path(__file__).parents[2] / "tui" / "store"


def raised() -> dict[str, list[set[str | None]]]:
    """Return the names of the details with which each fault is raised anywhere in the store."""
    found: dict[str, list[set[str | None]]] = {}
    for path in STORE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name("Unreadable"),
                    args=[ast.Attribute(value=ast.Name("Fault"), attr=name)],
                    keywords=details,
                ):
                    found.setdefault(name, []).append({detail.arg for detail in details})
    return found


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_is_a_sentence_about_a_file_that_gets_the_details_it_names(fault: Fault) -> None:
    assert re.fullmatch(r"(?!\{file\})[A-Z“].*\{file\}.*\.", fault.value)
    named = {name for _, name, _, _ in Formatter().parse(fault.value) if name} - {"file"}
    given = raised()[fault.name]
    assert given == [named] * len(given)


def test_a_detail_may_hold_what_stands_for_a_file() -> None:
    unreadable = Unreadable(Fault.OWN_ANCESTOR, branch="{file} {}")
    assert unreadable.about("/a {b}") == "Branch “{file} {}” in /a {b} is its own ancestor."
