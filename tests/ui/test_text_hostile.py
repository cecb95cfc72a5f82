"""Untrusted text: whatever it says, nothing that controls a terminal gets out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.widgets import Static

from tui.widgets.chat import ChatItem, ChatPane, Role
from tui.widgets.text import MARKS_PER_BASE, TerminalGuard, is_mark, next_line, one_line, visible

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.characters(max_codepoint=0x9F),
        st.sampled_from(
            "\x1b[]()\r\n\t\u202e\u200d\ufe0f\u0301\u0300\u2066\U000e0041\ud800👩🚀漢`*_~"
        ),
    ),
    max_size=300,
)
WHITE = Color(255, 255, 255)


@given(HOSTILE)
def test_nothing_forbidden_is_left(text: str) -> None:
    shown = visible(text)
    assert not FORBIDDEN.search(shown)
    assert "\t" not in shown
    shown.encode()


@given(HOSTILE)
def test_making_visible_twice_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(HOSTILE, st.integers(0, 300))
def test_a_line_that_is_taken_stays_the_same_when_text_grows(text: str, cut: int) -> None:
    taken = next_line(text[:cut], 0, 20)
    if taken is not None:
        assert next_line(text, 0, 20) == taken


@given(HOSTILE, st.integers(0, 40))
def test_one_line_is_one_line_of_at_most_the_width(text: str, width: int) -> None:
    shown = one_line(text, width)
    assert cell_len(shown) <= width
    assert "\n" not in shown
    assert not FORBIDDEN.search(shown)


@given(st.lists(HOSTILE, max_size=4))
def test_the_guard_lets_nothing_through_and_keeps_the_width(texts: list[str]) -> None:
    segments = [Segment(text, Style(bold=True)) for text in texts]
    passed = TerminalGuard().apply(segments, WHITE)
    for before, after in zip(segments, passed, strict=True):
        assert not re.search("[\x00-\x1f]", after.text)
        assert not FORBIDDEN.search(after.text)
        assert after.style == before.style


def test_the_guard_leaves_clean_segments_alone() -> None:
    segments = [Segment("plain"), Segment("👩‍🚀 ❤️", Style(bold=True))]
    assert TerminalGuard().apply(segments, WHITE) is segments


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("a\x00b\x07c\x7f", "a␀b␇c␡"),
        ("a\r\nb\rc\r", "a\nb\nc\n"),
        ("\x9b31m", "⍰31m"),
        ("\u202eevil", "⍰evil"),
        ("a\u2028b\u2029c", "a␤b␤c"),
        ("\ufefftext", "⍰text"),
        ("\U000e0041tag", "⍰tag"),
        ("\ud800x", "�x"),
        ("a\tb", "a   b"),
        ("👩‍👩‍👧 ❤️ é e\u0301", "👩‍👩‍👧 ❤️ é e\u0301"),
        ("שלום مرحبا", "שלום مرحبا"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_marks_are_capped_per_character() -> None:
    shown = visible("a" + "\u0301" * 500 + "b" + "\u0301" * 3)
    assert shown == "a" + "\u0301" * MARKS_PER_BASE + "b" + "\u0301" * 3
    assert sum(map(is_mark, shown)) == MARKS_PER_BASE + 3


def test_enormous_lines_are_broken_at_words_where_there_are_any() -> None:
    lines = visible("word " * 1000, line_limit=100).split("\n")
    assert max(map(len, lines)) <= 100
    assert all(line.startswith("word") for line in lines if line)
    assert {len(line) for line in visible("x" * 1000, line_limit=100).split("\n")} == {100}


def test_one_line_says_that_something_was_cut() -> None:
    assert one_line("a long title", 6) == "a lon…"
    assert one_line("two\nlines", 20) == "two lines"
    assert one_line("漢字漢字", 5) == "漢字…"
    assert one_line("x", 0) == ""


class GuardedApp(App[None]):
    """An app whose own widgets are careless with what they show."""

    def compose(self) -> ComposeResult:
        yield Static("a\x1b]0;pwned\x07\u202eb", markup=False)
        yield ChatPane()

    def get_line_filters(self) -> list[object]:  # type: ignore[override]
        return [*super().get_line_filters(), TerminalGuard()]


async def test_the_guard_protects_every_widget() -> None:
    app = GuardedApp()
    async with app.run_test(size=(60, 10)):
        written = app.export_screenshot()
    assert not FORBIDDEN.search(written)


@settings(max_examples=40, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=4), st.integers(20, 60))
async def test_no_such_character_ever_leaves_a_row_of_the_chat(
    bodies: list[str], width: int
) -> None:
    roles = list(Role)
    items = [
        ChatItem(str(n), n + 1, roles[n % len(roles)], body, f"{body}\n\n```\n{body}\n```", n == 0)
        for n, body in enumerate(bodies)
    ]
    app = GuardedApp()
    async with app.run_test(size=(width, 30)):
        pane = app.query_one(ChatPane)
        pane.show(items)
        for y in range(pane.size.height):
            strip = pane.render_line(y)
            assert not FORBIDDEN.search(strip.text)
            assert "\n" not in strip.text
            assert strip.cell_length == pane.size.width
