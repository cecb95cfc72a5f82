"""A late pattern is what the compiled one is, once something is looked for with it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tui.domain.patterns import late_pattern

ROOT: Final = Path(__file__).parents[2]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the patterns that are compiled during a test."""
    made: list[str] = []
    really = re.compile

    def noting(source: str, flags: int = 0) -> "re.Pattern[str]":
        made.append(source)
        return really(source, flags)

    monkeypatch.setattr(re, "compile", noting)
    return made


def test_a_late_pattern_is_compiled_once_when_it_is_used(compiled: list[str]) -> None:
    word = late_pattern(r"[a-z]+", re.IGNORECASE)
    assert (word.pattern, compiled) == (r"[a-z]+", [])
    assert word.findall("One, two") == ["One", "two"]
    assert word.sub("-", "a b") == "- -"
    assert word.fullmatch("abc")
    assert compiled == [r"[a-z]+"]


def test_a_late_pattern_has_what_a_compiled_one_has() -> None:
    late: Any = late_pattern(r"(?P<letter>a)|b", re.MULTILINE)
    plain: Any = re.compile(r"(?P<letter>a)|b", re.MULTILINE)
    for name in ("flags", "groups", "groupindex", "pattern"):
        assert getattr(late, name) == getattr(plain, name)
    assert [found.span() for found in late.finditer("bab", 1)] == [(1, 2), (2, 3)]
    with pytest.raises(AttributeError, match="no attribute 'unheard_of'"):
        late.unheard_of()


def test_a_wrong_pattern_says_so_when_it_is_used() -> None:
    wrong = late_pattern("(")
    with pytest.raises(re.error):
        wrong.match("")


def test_a_start_compiles_none_of_the_large_patterns() -> None:
    code = (
        "import re, sys, tui.cli, tui.app\n"
        "for name in ('words', 'wording', 'facts', 'readiness', 'spelling', 'markdown_looks'):\n"
        "    for value in vars(sys.modules[f'tui.domain.{name}']).values():\n"
        "        if isinstance(value, re.Pattern) or 'groups' in getattr(value, '__dict__', ()):\n"
        "            print(name, value.pattern)\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
