"""A text laid out in rows: where it breaks, and what can be selected of it."""

from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.ui.screens_host import a_content
from tui.domain.diff import compare
from tui.domain.lineup import lined_up
from tui.screens.compare_layout import CompareView
from tui.screens.compare_layout import lay_out as lay_out_columns
from tui.screens.diff_layout import DiffView
from tui.screens.diff_layout import lay_out as lay_out_diff
from tui.screens.notices import notices_page
from tui.widgets.notices import Notice
from tui.widgets.page import Page, plain_page, wrapped_parts

MARKS = ["- ", "  - ", "> ", "12. ", "- [ ] ", "    ", "# ", " "]
WORDS = ["word", "a", "中文字", "👩‍💻", "e\u0301", "looooooooooooooooooong", "हिन्दी"]
lines = st.lists(st.sampled_from(MARKS + WORDS * 3), max_size=30).map("".join)
LIST = "- Two machines, one of which is bored\n- A unit for each of the services"


def rows_of(page: Page) -> list[str]:
    """Return the rows as they are seen."""
    return ["".join(text for text, _ in row).rstrip() for row in page.rows]


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("- one two three", ["- one", "  two", "  three"]),
        ("> one two three", ["> one", "  two", "  three"]),
        ("12. one two", ["12. one", "    two"]),
        ("- [x] one two", ["- [x]", "one two"]),
        ("one two three", ["one two", "three"]),
        ("  one two", ["  one", "  two"]),
        ("- 1234567890", ["-", "  123456", "  7890"]),
    ],
)
def test_what_goes_on_below_a_list_item_stands_below_its_text(line: str, rows: list[str]) -> None:
    assert rows_of(plain_page(line, 8)) == rows


def test_list_items_hang_in_a_diff_and_in_columns() -> None:
    changed = LIST.replace("bored", "bored stiff")
    said = rows_of(lay_out_diff(compare(LIST, changed), DiffView(), 26))
    assert said[:2] == ["± - Two machines, one of", "±   which is bored stiff"]
    drafts = lay_out_columns(lined_up([LIST, changed]), CompareView((0, 1)), 55)
    assert rows_of(drafts)[:2] == [
        "  - Two machines, one of   │   - Two machines, one of",
        "    which is bored         │     which is bored stiff",
    ]


def test_the_blank_before_a_row_that_hangs_is_no_part_of_what_was_changed() -> None:
    page = lay_out_diff(compare("", a_content(LIST).versions[0].text), DiffView(), 26)
    assert ("  ", "") in page.rows[1]


@example(" word", 2)
@example(" looooooooooooooooooong", 3)
@given(lines, st.integers(1, 40))
def test_all_of_a_line_is_shown_and_can_be_selected(line: str, width: int) -> None:
    found = wrapped_parts(((line, ""),), width)
    assert "".join(part.text + part.join for _, part in found).split() == line.split()
    for row, part in found:
        text = "".join(run for run, _ in row)
        assert text[part.start :].startswith(part.text)
        assert not text[: part.start].strip()
        assert width < 2 or cell_len(text.rstrip()) <= width


def test_a_notice_goes_on_below_its_own_beginning_and_not_below_its_time() -> None:
    at = datetime(2026, 3, 4, 12, 0).astimezone()
    told = [Notice(at, "One two three four\nfive"), Notice(at, "Six seven", is_problem=True)]
    assert rows_of(notices_page(told, 20)) == [
        "",
        "12:00    One two",
        "         three four",
        "         five",
        "",
        "12:00  ! Six seven",
        "",
    ]
