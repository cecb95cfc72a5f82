"""Files of JSON lines: what can be read is read, whatever lies between and at the end."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.json_lines import lines_with, object_of, read_json_lines

ROWS = st.lists(
    st.dictionaries(st.text(max_size=5), st.text() | st.integers() | st.none(), max_size=3)
)
SPOILT = st.sampled_from(
    [
        *(b"rubbish", b"\0" * 40, b'{"a": "\xff"}', b'{"half": "', b"[1]", b"7", b"null"),
        *(b'"text"', b"\xef\xbb\xbf{}", b"[" * 100_000, b"{} {}", b"\x0b{}"),
    ]
)
BLANK = st.sampled_from([b"", b"   ", b"\t", b"\r"])


def line_of(row: dict[str, Any], ends: bytes, is_ascii: bool) -> bytes:
    return json.dumps(row, ensure_ascii=is_ascii).encode("utf-8", "backslashreplace") + ends


@given(rows=ROWS, data=st.data())
def test_every_object_is_read_whatever_lies_between(
    rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    file, is_broken = b"", False
    for row in rows:
        for line in data.draw(st.lists(SPOILT | BLANK, max_size=2)):
            is_broken = is_broken or bool(line.strip(b" \t\r"))
            file += line + b"\n"
        ends = data.draw(st.sampled_from([b"\n", b"\r\n", b" \n"]))
        file += line_of(row, ends, data.draw(st.booleans()))
    read = read_json_lines(file)
    assert (read.objects, read.last) == (rows, None)
    assert (read.is_torn, read.is_broken) == (False, is_broken)
    assert sorted(map(repr, lines_with(file, b"{"))) == sorted(map(repr, rows))


@given(rows=ROWS, cut=st.floats(0, 1))
def test_a_file_cut_anywhere_is_read_up_to_there(rows: list[dict[str, Any]], cut: float) -> None:
    whole = b"".join(line_of(row, b"\n", is_ascii=False) for row in rows)
    file = whole[: int(cut * len(whole))]
    read = read_json_lines(file)
    ends = file.count(b"\n")
    assert read.objects == rows[:ends]
    assert read.is_torn == (not file.endswith(b"\n") and file != b"")
    assert not read.is_broken
    assert read.last in (None, *rows[ends : ends + 1])
    assert read.all == [*read.objects, *([] if read.last is None else [read.last])]


@given(file=st.binary())
def test_no_bytes_are_too_odd(file: bytes) -> None:
    read = read_json_lines(file)
    assert all(isinstance(row, dict) for row in read.all)


def test_a_huge_line_is_read() -> None:
    row = {"text": "long " * 2_000_000}
    assert read_json_lines(line_of(row, b"\n{", is_ascii=True)).objects == [row]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_another_encoding_is_no_json_line(encoding: str) -> None:
    assert object_of("{}".encode(encoding)) is None


def test_a_whole_object_without_a_line_end_is_the_last_one() -> None:
    read = read_json_lines(b'{"a": 1}\n\n{"b": 2}')
    assert (read.objects, read.last) == ([{"a": 1}], {"b": 2})
    assert read.all == [{"a": 1}, {"b": 2}]
    half = read_json_lines(b'{"a": 1}\n{"b": ')
    assert (half.all, half.is_torn, half.is_broken) == ([{"a": 1}], True, False)
