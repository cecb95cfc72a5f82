"""Soft wrap with hanging indents: the rows, the cursor and the mouse agree, for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual._wrap import compute_wrap_offsets
from textual.widgets.text_area import Document

from tests.ui.screens_host import Host, until
from tui.screens.draft_area import DraftArea
from tui.screens.editor import EditorScreen
from tui.screens.hanging_wrap import _SINGLE_CELLS, HangingDocument
from tui.screens.stand_ins import StandIns

MARKS = ["- ", "  - ", "> ", "12. ", "- [ ] ", "    ", "# ", "\n", "\t", " "]
WORDS = ["word", "a", "中文字", "👩‍💻", "e\u0301", "looooooooooooooooooong", "\u200b", "हिन्दी"]
lines = st.lists(st.sampled_from(MARKS + WORDS * 3) | st.text(max_size=3), max_size=30)
texts = lines.map(lambda parts: "".join(part + " " * (len(part) % 2) for part in parts))
texts = texts.map(lambda text: StandIns.fit_for(text).hide(text))
widths = st.integers(4, 30)


def rows_of(document: HangingDocument) -> list[str]:
    """Return the rows as they are drawn, as far as the wrap makes them."""
    sections = [
        row for line in range(document.document.line_count) for row in document.get_sections(line)
    ]
    return [" " * document.indent_at(row) + text for row, text in enumerate(sections)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("- one two three", ["- one ", "  two ", "  three"]),
        ("> one two three", ["> one ", "  two ", "  three"]),
        ("12. one two", ["12. one ", "    two"]),
        ("- [x] one two", ["- [x] ", "one two"]),
        ("one two three", ["one two ", "three"]),
        ("- 1234567890", ["- ", "  123456", "  7890"]),
        ("-\tone two", ["-\tone ", "two"]),
    ],
)
def test_what_goes_on_stands_below_the_text_of_its_line(text: str, rows: list[str]) -> None:
    assert rows_of(HangingDocument(Document(text), width=8)) == rows


@given(texts, widths)
def test_rows_hold_the_text_and_fit(text: str, width: int) -> None:
    document = HangingDocument(Document(text), width=width)
    row = 0
    for line, source in enumerate(document.document.lines):
        sections = document.get_sections(line)
        assert "".join(sections) == source
        for section in sections:
            if "\t" not in source and len(section) > 1:
                assert document.indent_at(row) + cell_len(section) <= width
            row += 1
    assert row == document.height


@given(st.text(st.sampled_from("ab -é“…\u00a0"), max_size=60), st.integers(1, 30))
def test_a_line_of_single_cells_is_broken_where_textual_breaks_it(line: str, width: int) -> None:
    document = HangingDocument(Document(line), width=width)
    if not document.indent_of(0):
        assert list(document.get_offsets(0)) == compute_wrap_offsets(line, width, 4)


def test_a_single_cell_is_what_it_is_called() -> None:
    cells = [chr(code) for code in range(0x10000) if _SINGLE_CELLS.fullmatch(chr(code))]
    assert len(cells) > 600
    assert {cell_len(cell) for cell in cells} == {1}


@given(texts, widths)
def test_a_place_and_where_it_is_drawn_lead_to_each_other(text: str, width: int) -> None:
    document = HangingDocument(Document(text), width=width)
    for line, source in enumerate(document.document.lines):
        for column in range(len(source) + 1):
            offset = document.location_to_offset((line, column))
            there = document.offset_to_location(offset)
            assert document.location_to_offset(there) == offset


edits = st.lists(
    st.tuples(st.integers(0, 80), st.integers(0, 12), st.sampled_from(MARKS + WORDS)), max_size=6
)


@given(texts, widths, edits)
def test_after_any_edit_it_is_as_if_wrapped_anew(
    text: str, width: int, changes: list[tuple[int, int, str]]
) -> None:
    document = Document(text)
    wrapped = HangingDocument(document, width=width)
    for at, length, put in changes:
        start = document.get_location_from_index(min(at, len(document.text)))
        end = document.get_location_from_index(min(at + length, len(document.text)))
        result = document.replace_range(start, end, put)
        wrapped.wrap_range(start, end, result.end_location)
        fresh = HangingDocument(document, width=width)
        for table in ("_wrap_offsets", "_offset_to_line_info", "_line_index_to_offsets"):
            assert getattr(wrapped, table) == getattr(fresh, table), table
        assert wrapped._indents == fresh._indents
        assert wrapped._tab_width_cache == fresh._tab_width_cache


async def test_the_cursor_goes_up_and_down_below_the_text_of_an_item() -> None:
    text = "- " + "words " * 30 + "\nEnd."
    app = Host(lambda: EditorScreen("T", text, words_before=None))
    async with app.run_test(size=(60, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, DraftArea))
        area = app.screen.query_one(DraftArea)
        await until(pilot, lambda: "\n    words words" in app.shown)
        await pilot.press("right", "right", "right", "down", "down")
        assert area.cursor_screen_offset.x == area.content_region.x + 5
        await pilot.press("x")
        await until(pilot, lambda: "\n    wxords words" in app.shown)
        assert await pilot.click(DraftArea, offset=(4, 4))
        await pilot.press("Y")
        await until(pilot, lambda: "\n    Ywords" in app.shown)
