"""One row of the tree at any width: what it keeps, what gives way, and that it always fits."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.domain.content_examples import DOINGS, MAIN, Library, blank_content, lived, minute
from tui.domain.changes import approved, with_version
from tui.domain.choosing import combined
from tui.domain.content import Author, Content, TurnKind, TurnState
from tui.domain.outline import unfolded
from tui.domain.tree_rows import tree_rows
from tui.domain.tree_shape import WHOLE_TREE
from tui.widgets.badges import GoingOn
from tui.widgets.tree_row import ASCII, DRAWN, RowSetting, lines_for, row_parts, where_shape_starts


def drawn(content: Content, width: int, **given: object) -> list[str]:
    setting = replace(RowSetting(content, GoingOn()), **given)  # type: ignore[arg-type]
    rows = tree_rows(content, MAIN)
    return ["".join(text for text, _ in row_parts(row, width, setting)) for row in rows]


def piece() -> Content:
    library = Library(blank_content())
    library.write(MAIN, "One two three.")
    library.write(MAIN, "One two three four.")
    spicier = library.fork(MAIN, 1, "spicier than ever before")
    library.write(spicier, "Hot.")
    library.write(spicier, None, TurnKind.ASK, state=TurnState.STOPPED)
    library.edit(MAIN, "By hand.")
    content = combined(library.content, MAIN, "Both.", (1, 3), minute(90))
    return approved(content, 2, minute(91))


def test_a_wide_row_says_everything() -> None:
    lines = drawn(piece(), 60, now=minute(120))
    assert [" ".join(line.split()) for line in lines] == [
        "▎◆ first draft ★ v5 1 w 1 h",
        "▎● 1 prompt 1 ↳1 v1 3 w 1 h",
        "▎○ 2 prompt 3 ✓ v2 +1 1 h",
        "▎✎ by hand v4 −2 1 h",
        "▎⊕ combined from v1 and v3 v5 −1 30 min",
        "└─◇ spicier than ever before · after 1 v3 1 w 1 h",
        "● 2 prompt 6 v3 −2 1 h",
        "○ 3 prompt 8 stopped 1 h",
    ]


def test_a_version_of_no_turn_says_that_it_is_by_claude() -> None:
    content = with_version(piece(), MAIN, "Taken.", author=Author.CLAUDE, at=minute(92))
    lines = [" ".join(line.split()) for line in drawn(content, 60, now=minute(120))]
    assert any(line.startswith("▎✎ by Claude v6") for line in lines), lines


def test_a_narrow_row_keeps_what_it_is_called_and_its_version() -> None:
    lines = drawn(piece(), 30, now=minute(120))
    assert [" ".join(line.split()) for line in lines] == [
        "▎◆ first draft ★ v5 1 w",
        "▎● 1 prompt 1 ↳1 v1 3 w",
        "▎○ 2 prompt 3 ✓ v2 +1",
        "▎✎ by hand v4 −2",
        "▎⊕ combined from v1… v5 −1",
        "└─◇ spicier than e… v3 1 w",
        "● 2 prompt 6 v3 −2",
        "○ 3 prompt 8 stopped",
    ]


def test_costs_take_the_place_of_ages() -> None:
    line = drawn(piece(), 60, now=minute(120), has_costs=True)[1]
    assert line.split()[-2:] == ["w", "unknown"]


def test_a_terminal_without_symbols_gets_ascii() -> None:
    lines = drawn(piece(), 44, lines=ASCII)
    assert all(line.isascii() for line in lines), lines
    assert lines[5].startswith(" `-o spicier")


@pytest.mark.parametrize(
    ("terminal", "encoding", "is_drawn"),
    [
        *(("xterm-256color", "utf-8", True), ("tmux", "UTF-8", True)),
        *(("linux", "utf-8", False), ("xterm", "ISO-8859-1", False)),
    ],
)
def test_signs_are_drawn_where_the_terminal_has_them(
    terminal: str, encoding: str, *, is_drawn: bool
) -> None:
    assert (lines_for(terminal, encoding) is DRAWN) is is_drawn


@given(doings=DOINGS, here=st.integers(0, 9), has_costs=st.booleans())
def test_every_row_is_as_wide_as_the_pane(
    doings: list[tuple[str, int, int]], here: int, *, has_costs: bool
) -> None:
    content = lived(doings).content
    branch = content.branches[here % len(content.branches)].id
    setting = RowSetting(content, GoingOn(), now=minute(500), has_costs=has_costs)
    rows = tree_rows(content, branch, unfolded(WHOLE_TREE, content, branch))
    for width, row in product((16, 28, 44, 80), rows):
        for lines in (DRAWN, ASCII):
            parts = row_parts(row, width, replace(setting, lines=lines))
            assert cell_len("".join(text for text, _ in parts)) == width
        start = where_shape_starts(row, width)
        text = "".join(text for text, _ in row_parts(row, width, setting))
        assert text[start] in "◆◇⊞●○✎⊕·", width


def test_a_deep_fork_keeps_room_for_its_name() -> None:
    library = Library(blank_content())
    branch = MAIN
    for number in range(1, 20):
        library.write(branch, None, TurnKind.ASK)
        branch = library.fork(branch, number, f"way {number}")
    library.write(branch, "Deep.")
    last = drawn(library.content, 40)[-2]
    assert " … " in last or "… " in last
    assert "way 19" in last
