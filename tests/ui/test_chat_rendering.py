"""What a body looks like: live and reopened alike, nothing lost, never too wide."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.style import Style

from tui.widgets.chat import blocks
from tui.widgets.chat.items import ChatItem, Role
from tui.widgets.chat.palette import Palette
from tui.widgets.chat.styles import TONES
from tui.widgets.chat.view import ItemView, Look

PALETTE = Palette({name: Style(color=f"color({index})") for index, name in enumerate(TONES)})

WORDS = st.sampled_from(
    [
        *("word", "longer", "*emph*", "**strong**", "`code`", "[link](https://a.b)"),
        *("[later][ref]", "~~gone~~", "日本語", "👩‍🚀", "é", "—", "e\u0301"),
        "supercalifragilisticexpialidocious",
    ]
)
PROSE = st.lists(WORDS, min_size=1, max_size=25).map(" ".join)


def _block(lines: list[str], kind: str) -> str:
    match kind:
        case "paragraph":
            return "\n".join(lines)
        case "one line":
            return " ".join(lines)
        case "bullets":
            return "\n".join(f"- {line}" for line in lines)
        case "loose":
            return "\n\n".join(f"{n}. {line}" for n, line in enumerate(lines, 7))
        case "nested":
            return "1. outer\n" + "\n".join(f"   - {line}\n     - [x] {line}" for line in lines)
        case "fence":
            return "```python\n" + "\n".join(f"x = '{line}'\n" for line in lines) + "\n```"
        case "indented":
            return "\n".join(f"    {line}" for line in lines)
        case "quote":
            return "\n".join(f"> {line}" for line in lines)
        case "quoted fence":
            return "> - ```\n" + "\n".join(f">   {line}" for line in lines) + "\n>   ```"
        case "table":
            return "| a | b |\n|--|:-:|\n" + "\n".join(f"| {line} | x |" for line in lines)
        case _:
            return f"## {lines[0]}\n---\n\n[ref]: https://later.example\n"


KINDS = st.sampled_from(
    [
        *("paragraph", "one line", "bullets", "loose", "nested", "fence", "indented"),
        *("quote", "quoted fence", "table", "other"),
    ]
)
BLOCKS = st.builds(
    lambda lines, kind, times: _block(lines * times, kind),
    st.lists(PROSE, min_size=1, max_size=8),
    KINDS,
    st.sampled_from([1, 1, 1, 8, 30]),
)
DOCUMENTS = st.lists(BLOCKS, min_size=1, max_size=5).map("\n\n".join)


def view_of(
    body: str, *, width: int = 60, role: Role = Role.CLAUDE, is_open: bool = False
) -> ItemView:
    view = ItemView(
        ChatItem("k", 1, role, "Claude", body, is_open), Look(width, PALETTE, PALETTE), has_gap=True
    )
    view.split()
    return view


def picture(view: ItemView) -> list[tuple[object, ...]]:
    """Every row: its segments with their styles, and what it gives when copied."""
    view.split()
    rows: list[tuple[object, ...]] = []
    for unit in range(view.units):
        lines = view.lines(unit)
        assert len(lines) == view.unit_height(unit)
        rows.extend(
            (list(line.strip.simplify()), line.left, line.right, line.join) for line in lines
        )
    assert len(rows) == view.height
    return rows


def texts(view: ItemView) -> list[str]:
    return [line.strip.text.rstrip() for unit in range(view.units) for line in view.lines(unit)]


def streamed(
    body: str, cuts: list[int], *, role: Role = Role.CLAUDE, draw_every: int = 3
) -> ItemView:
    view = view_of("", role=role, is_open=True)
    for count, cut in enumerate(sorted({min(cut, len(body)) for cut in cuts})):
        view.replace(ChatItem("k", 1, role, "Claude", body[:cut], True))
        if count % draw_every == 0:
            picture(view)
    view.replace(ChatItem("k", 1, role, "Claude", body))
    return view


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(DOCUMENTS, st.data())
def test_live_and_reopened_are_the_same_picture(body: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(body)), max_size=12))
    role = data.draw(st.sampled_from([Role.CLAUDE, Role.DRAFT, Role.YOU]))
    assert picture(streamed(body, cuts, role=role)) == picture(view_of(body, role=role))


@settings(max_examples=25, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("-*_`#>|[]()~1.: \n\r\t\\ab漢\u0301"), max_size=900), st.data()
)
def test_markdown_noise_is_the_same_picture_live(body: str, data: st.DataObject) -> None:
    body *= data.draw(st.sampled_from([1, 3, 12]))
    cuts = data.draw(st.lists(st.integers(0, len(body)), max_size=12))
    assert picture(streamed(body, cuts)) == picture(view_of(body))


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(DOCUMENTS, st.integers(24, 120))
def test_no_row_is_wider_than_the_column(body: str, width: int) -> None:
    view = view_of(body, width=width, role=Role.DRAFT)
    for unit in range(view.units):
        assert {line.strip.cell_length for line in view.lines(unit) if line.is_text} <= {
            width
        } or unit == 0


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(DOCUMENTS)
def test_no_word_is_lost_and_no_two_blank_rows_meet(body: str) -> None:
    rows = texts(view_of(body))
    shown = re.sub(r"[▎│─┼\s]", "", "".join(rows))
    for word in ("word", "longer"):
        assert shown.count(word) >= body.count(word) - body.count("## ")
    if "```" not in body:
        assert "\n\n\n" not in "\n".join(rows)


@pytest.mark.parametrize("count", [10, 39, 40, 41, 100, 500])
def test_a_cut_list_goes_on_with_the_right_numbers(count: int) -> None:
    rows = texts(view_of("\n".join(f"1. item {n}" for n in range(1, count + 1))))[2:]
    assert rows == [f"  {n}. item {n}" for n in range(1, count + 1)]


def test_a_cut_loose_list_has_one_blank_row_between_all_items() -> None:
    rows = texts(view_of("\n\n".join(f"{n}. item" for n in range(1, 101))))[2:]
    assert rows == [row for n in range(1, 101) for row in (f"  {n}. item", "")][:-1]


def test_a_cut_fence_is_one_panel_with_every_line() -> None:
    lines = [f"line {n}" if n % 5 else "" for n in range(1, 300)]
    rows = texts(view_of("```\n" + "\n".join(lines) + "\n```\n"))[2:]
    assert [row.strip() for row in rows] == lines


def test_a_cut_fence_deep_in_a_list_and_a_quote_stays_where_it_is() -> None:
    lines = [f"line {n}" for n in range(200)]
    body = (
        "> 3. Look:\n>    ```\n"
        + "\n".join(f">    {line}" for line in lines)
        + "\n>    ```\n> 4. End"
    )
    rows = texts(view_of(body))[2:]
    assert rows[0] == "  ▎ 3. Look:"
    assert rows[1:201] == [f"  ▎     {line}" for line in lines]
    assert rows[201:] == ["  ▎ 4. End"]


def test_a_cut_nested_list_keeps_its_depth_and_its_outer_number() -> None:
    body = "5. five\n" + "\n".join(f"   - sub {n}" for n in range(120)) + "\n6. six\n"
    rows = texts(view_of(body))[2:]
    assert rows == ["  5. five", *[f"     ◦ sub {n}" for n in range(120)], "  6. six"]


def test_a_cut_table_keeps_its_columns_and_shows_its_head_once() -> None:
    body = "| name | n |\n|---|--:|\n" + "\n".join(f"| row{n:03} | {n} |" for n in range(150))
    rows = texts(view_of(body))[2:]
    assert rows[0].split() == ["name", "│", "n"]
    assert len(rows) == 152
    assert {row.index("│") for row in (rows[0], *rows[2:])} == {rows[0].index("│")}


@pytest.mark.parametrize("breaks", [" ", "\n"])
def test_a_huge_paragraph_flows_over_its_cuts(breaks: str) -> None:
    words = [f"word{n}" for n in range(4000)]
    rows = texts(view_of(breaks.join(words)))[2:]
    assert " ".join(row.strip() for row in rows).split() == words
    assert min(len(row) for row in rows[:-1]) > 58 - 9


def test_a_link_defined_at_the_end_changes_what_stands_before() -> None:
    body = "See [there][x].\n\n" + "Para.\n\n" * 60
    view = streamed(body, [20, 200])
    assert any("[there][x]" in row for row in texts(view))
    view.replace(ChatItem("k", 1, Role.CLAUDE, "Claude", body + "[x]: https://x.example\n"))
    assert any("See there." in row for row in texts(view))
    metas = [
        s.style.meta for line in view.lines(1) for s in line.strip if s.style and s.text == "there"
    ]
    assert metas == [{"chat_link": "https://x.example"}]


def test_code_keeps_its_lines_and_prose_loses_its_soft_breaks() -> None:
    rows = texts(view_of("one\ntwo  \nthree\n\n```py\na = 1\n\nb = 2\n```"))[2:]
    assert [row.strip() for row in rows] == ["one two", "three", "", "a = 1", "", "b = 2"]


def test_plain_roles_keep_line_breaks_and_show_markdown_as_it_is() -> None:
    rows = texts(view_of("# no\n\n  *heading*\n", role=Role.YOU))[2:]
    assert rows == ["│ # no", "│", "│   *heading*"]
    assert texts(view_of("one\ntwo", role=Role.NOTE))[2:] == ["· one", "  two"]
    assert texts(view_of("bad", role=Role.ERROR))[2:] == ["! bad"]


def test_html_is_shown_as_text() -> None:
    rows = texts(view_of("<thinking>a</thinking>\n\n<div>\nb\n</div>"))[2:]
    assert [row.strip() for row in rows] == ["<thinking>a</thinking>", "", "<div> b </div>"]


def test_headings_of_all_levels_are_distinct() -> None:
    view = view_of("\n\n".join(f"{'#' * n} same" for n in range(1, 7)))
    lines = [line for unit in range(view.units) for line in view.lines(unit)]
    styles = {str(s.style) for line in lines for s in line.strip if s.text == "same"}
    assert len(styles) == 6


def test_a_table_without_room_is_shown_as_records() -> None:
    names = [f"column{n}" for n in range(12)]
    body = f"|{'|'.join(names)}|\n|{'--|' * 12}\n|{'|'.join('value' for _ in names)}|\n"
    rows = texts(view_of(body, width=40))[2:]
    assert rows == [f"  {name}: value" for name in names]


def test_a_megabyte_without_a_line_end_is_wrapped() -> None:
    rows = texts(view_of("x" * 1_000_000, role=Role.CLAUDE))[2:]
    assert sum(row.count("x") for row in rows) == 1_000_000


def test_task_lists_have_boxes() -> None:
    rows = texts(view_of("- [ ] todo\n- [x] done\n- plain"))[2:]
    assert [row.strip() for row in rows] == ["☐ todo", "☑ done", "• plain"]


def test_wrapped_items_hang_under_their_text() -> None:
    rows = texts(view_of("10. " + "word " * 20, width=40))[2:]
    assert re.match(r"  10\. word", rows[0])
    assert all(row.startswith("      word") for row in rows[1:])


def test_text_inside_far_too_many_quotes_and_lists_is_still_shown() -> None:
    for opener in ("> ", "- ", ">", "1. ", "> - "):
        rows = texts(view_of(opener * 300 + "here"))
        assert any("here" in row for row in rows), opener
    deep = "\n".join("  " * n + "- here" for n in range(60))
    assert sum(row.count("here") for row in texts(view_of(deep, width=40))) == 60
    assert all(len(row) <= 40 for row in texts(view_of(deep, width=40)))


APART = st.lists(BLOCKS.filter(lambda body: "|--|" not in body), min_size=1, max_size=4).map(
    "\n\nbetween\n\n".join
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(APART)
def test_cuts_cannot_be_seen(body: str) -> None:
    cut = [(row[0], row[3]) for row in picture(view_of(body))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "WINDOW_LINES", 1_000_000)
        patch.setattr(blocks, "WINDOW_CHARACTERS", 1_000_000_000)
        whole = picture(view_of(body))
    assert [texts_of(row) for row in cut] == [texts_of((row[0], row[3])) for row in whole]


def texts_of(row: tuple[object, object]) -> tuple[str, object]:
    segments, join = row
    assert isinstance(segments, list)
    return "".join(segment.text for segment in segments), join
