"""How the lines of a Markdown source look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.markdown_looks import Look, code_lines, hanging_indent, line_looks


def looks(line: str) -> dict[str, set[str]]:
    """Return by look what is drawn so."""
    found: dict[str, set[str]] = {}
    for start, end, look in line_looks(line):
        found.setdefault(look.value, set()).add(line[start:end])
    return found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("plain words", {}),
        ("## A heading", {"heading": {"## A heading"}}),
        ("#no heading", {}),
        ("a **strong** and *soft* word", {"strong": {"**strong**"}, "emphasis": {"*soft*"}}),
        ("__strong__ and _soft_", {"strong": {"__strong__"}, "emphasis": {"_soft_"}}),
        ("snake_case_name and 2 * 3 * 4", {}),
        ("**not closed", {}),
        ("a `code **no**` b", {"code": {"`code **no**`"}}),
        ("``a ` b`` c", {"code": {"``a ` b``"}}),
        ("see [this](https://x.org) now", {"link": {"[this](https://x.org)"}}),
        ("at https://x.org/a?b", {"link": {"https://x.org/a?b"}}),
        ("> said *so*", {"quote": {"> said *so*"}, "emphasis": {"*so*"}}),
        ("- item", {"mark": {"- "}}),
        ("  12. item", {"mark": {"12. "}}),
        ("- [x] done", {"mark": {"- [x]"}}),
        ("---", {"mark": {"---"}}),
        ("* * *", {"mark": {"* * *"}}),
    ],
)
def test_a_line_is_drawn_by_its_marks(line: str, found: dict[str, set[str]]) -> None:
    assert looks(line) == found


def test_fenced_code_is_code_up_to_its_own_fence() -> None:
    lines = ["a", "```py", "~~~", "# b", "```", "c", "~~~~", "~~~"]
    assert code_lines(lines) == [False, True, True, True, True, False, True, True]
    assert list(line_looks("# b", is_code=True)) == [(0, 3, Look.CODE)]


@given(st.text(alphabet="ab *_`[]()#>-1.\\\t日e\u0301👩", max_size=40), st.booleans())
def test_parts_lie_within_their_line(line: str, is_code: bool) -> None:
    for start, end, _ in line_looks(line, is_code=is_code):
        assert 0 <= start <= end <= len(line)


@pytest.mark.parametrize(
    ("line", "width", "indent"),
    [
        ("plain words", 40, 0),
        ("    code", 40, 4),
        ("- item", 40, 2),
        ("  12. item", 40, 6),
        ("- [x] task", 40, 6),
        ("> quoted", 40, 2),
        ("> > - deep", 40, 6),
        ("-no item", 40, 0),
        ("- \titem", 40, 0),
        ("", 40, 0),
        ("  12. item", 12, 6),
        ("  12. item", 11, 0),
    ],
)
def test_the_rows_of_a_wrapped_line_hang_below_its_text(line: str, width: int, indent: int) -> None:
    assert hanging_indent(line, width) == indent
