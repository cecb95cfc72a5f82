"""What reaches the terminal is harmless; what reaches a pipe is exact."""

import io
import json
import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.errors import RedraftError
from tui.domain.events import AnswerRestarted, MessageCommitted, TextStreamed
from tui.domain.ids import MessageId
from tui.headless.output import Out, cells, fitted, one_line, padded, plain
from tui.headless.streaming import AGAIN, StreamedAnswer, WholeAnswer

HOSTILE = "\x1b]0;owned\x07\x9b31m\u202eabc\u2066\ufeff\U000e0041\ud800\x00\x7f"
any_text = st.text(st.characters())


def out_over(*, is_terminal: bool = False, encoding: str = "utf-8") -> tuple[Out, io.BytesIO]:
    result = io.BytesIO()
    return Out(result, io.BytesIO(), is_terminal=is_terminal, encoding=encoding), result


def drives_a_terminal(text: str) -> bool:
    return any(
        unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t"
        for character in text
    ) or any("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" for c in text)


@given(any_text)
def test_plain_text_never_drives_a_terminal(text: str) -> None:
    assert not drives_a_terminal(plain(text))
    assert "\n" not in one_line(text)


@given(any_text)
def test_plain_text_stays_as_it_is_the_second_time(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_hostile_text_is_shown_as_symbols() -> None:
    assert not drives_a_terminal(plain(HOSTILE))
    assert plain("a\tb\r\nc") == "a\tb\nc"
    assert plain("\x1b") == "␛"


@given(st.text(st.characters(blacklist_categories=["Cc", "Cs"])), st.integers(1, 40))
def test_a_fitted_line_fits(text: str, width: int) -> None:
    assert cells(fitted(text, width)) <= width
    if cells(text) <= width:
        assert fitted(text, width) == text
        assert cells(padded(text, width)) == width


def test_wide_characters_take_two_columns() -> None:
    assert (cells("你好"), cells("é"), cells("e\u0301"), fitted("你好", 3)) == (4, 1, 1, "你…")


@given(any_text)
def test_a_pipe_gets_the_exact_text(text: str) -> None:
    out, result = out_over()
    out.text(text)
    assert result.getvalue() == text.encode("utf-8", "surrogatepass")


def test_a_terminal_gets_harmless_text_that_it_can_show() -> None:
    out, result = out_over(is_terminal=True, encoding="ascii")
    out.text("a\x1b[31mé")
    assert result.getvalue() == b"a?[31m?"


@given(any_text)
def test_json_is_exact_and_harmless(text: str) -> None:
    out, result = out_over()
    out.json({"text": text})
    shown = result.getvalue().decode("utf-8")
    assert json.loads(shown) == {"text": text}
    assert not drives_a_terminal(shown)


def test_a_line_is_ended_once() -> None:
    out, result = out_over()
    out.end_line()
    out.text("a")
    out.end_line()
    out.end_line()
    assert result.getvalue() == b"a\n"


def test_what_is_said_beside_an_answer_has_its_own_line() -> None:
    result, beside = io.BytesIO(), io.BytesIO()
    out = Out(result, beside, is_terminal=True)
    out.text("half a line")
    out.report("Wait\x1b.")
    out.report("Again.")
    assert beside.getvalue().decode() == "\nredraft: Wait␛.\nredraft: Again.\n"


def test_a_reader_that_went_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0) as pipe:
        out = Out(pipe, io.BytesIO())
        out.text("one")
        out.json({"two": 2})


def test_a_full_disk_is_an_error_with_a_sentence() -> None:
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123
        out = Out(full, io.BytesIO())
        with pytest.raises(RedraftError, match="could not be written"):
            out.text("one")


def streamed(answer_kind: type[StreamedAnswer], *events: object) -> str:
    shown: list[str] = []
    answer = answer_kind(shown.append)
    for event in events:
        answer.take(event)  # type: ignore[arg-type]
    answer.finish()
    return "".join(shown)


def committed(text: str) -> MessageCommitted:
    return MessageCommitted(MessageId("m"), text)


def test_an_answer_is_shown_as_it_comes_and_once() -> None:
    events = (TextStreamed("Hel"), TextStreamed("lo"), committed("Hello"), committed(" you"))
    assert streamed(StreamedAnswer, *events) == "Hello you\n"
    assert streamed(WholeAnswer, *events) == "Hello you\n"


def test_what_was_taken_back_is_told_before_the_answer_begins_again() -> None:
    events = (
        AnswerRestarted(),
        TextStreamed("Hel"),
        AnswerRestarted(),
        TextStreamed("Bye"),
        committed("Bye"),
    )
    assert streamed(StreamedAnswer, *events) == f"Hel{AGAIN}Bye\n"
    assert streamed(WholeAnswer, *events) == "Bye\n"


def test_a_message_that_was_not_what_had_streamed_is_shown_whole() -> None:
    events = (TextStreamed("Hel"), committed("Good day"))
    assert streamed(StreamedAnswer, *events) == f"Hel{AGAIN}Good day\n"


def test_a_message_that_never_streamed_is_shown() -> None:
    assert streamed(StreamedAnswer, committed("Hello\n")) == "Hello\n"


@given(st.lists(st.text(min_size=1), max_size=6), st.lists(st.text(min_size=1), max_size=3))
def test_a_pipe_gets_exactly_the_committed_text(lost: list[str], messages: list[str]) -> None:
    events: list[object] = [TextStreamed(piece) for piece in lost]
    events += [AnswerRestarted(), *map(committed, messages)]
    whole = "".join(messages)
    ended = whole if not whole or whole.endswith("\n") else whole + "\n"
    assert streamed(WholeAnswer, *events) == ended
    assert streamed(StreamedAnswer, *events).endswith(ended)
