"""What a terminal sends, read as keys: an Escape and what is typed behind it are two things."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from textual import constants, events
from textual._xterm_parser import XTermParser

from tui.widgets.terminal_keys import EscapeParser


def read(*reads: str, parser: XTermParser | None = None) -> list[str]:
    """Names of the keys that come of these reads, pastes as `‹text›`."""
    parser = parser or EscapeParser()
    found = [event for data in reads for event in parser.feed(data)]
    parser._timeout_time = 0.0 if parser._timeout_time is not None else None
    if isinstance(parser, EscapeParser) and parser._alone_at is not None:
        parser._alone_at = 0.0
    found += parser.tick()
    return [
        event.key if isinstance(event, events.Key) else f"‹{getattr(event, 'text', event)}›"
        for event in found
    ]


@pytest.mark.parametrize(
    ("reads", "keys"),
    [
        (["\x1b"], ["escape"]),
        (["\x1bx"], ["escape", "x"]),
        (["\x1b", "x"], ["escape", "x"]),
        (["\x1b", "b"], ["escape", "b"]),
        (["\x1bx\x1b"], ["escape", "x", "escape"]),
        (["\x1b\x1b"], ["escape", "escape"]),
        (["\x1bOne"], ["escape", "O", "n", "e"]),
        (["\x1b" + "a" * 50], ["escape", *"a" * 50]),
        (["\x1bbut"], ["escape", *"but"]),
        # Sequences stay whole, also in pieces.
        (["\x1bb"], ["ctrl+left"]),
        (["\x1b[A"], ["up"]),
        (["\x1b", "[A"], ["up"]),
        (["\x1b[", "A"], ["up"]),
        (["\x1bOP"], ["f1"]),
        (["\x1b\x1b[A"], ["escape", "up"]),
        (["\x1b[120;3u"], ["alt+x"]),
        (["\x1b[27u", "x"], ["escape", "x"]),
        (["\x1b[13;2u"], ["shift+enter"]),
        (["\x1b[13;3u"], ["alt+enter"]),
        (["\x1b\r"], ["alt+enter"]),
        (["\x1b\x7f"], ["ctrl+w"]),
        # What is pasted is not typed.
        (["\x1b[200~a\x1bxb\x1b[201~\x1by"], ["‹axb›", "escape", "y"]),
        (["\x1b[200~a\x1bx", "b\x1b[20", "1~\x1by"], ["‹axb›", "escape", "y"]),
        (["\x1b[200~ab\x1b[201", "~c"], ["‹ab›", "c"]),
        (["\x1b[200~", *"abcdefgh\x1b[201~c"], ["‹abcdefgh›", "c"]),
    ],
)
def test_what_is_typed(reads: list[str], keys: list[str]) -> None:
    assert [key.replace("upper_", "") for key in read(*reads)] == keys


def test_an_escape_is_told_before_its_time_is_over_only_when_something_follows() -> None:
    parser = EscapeParser()
    assert list(parser.feed("\x1b")) == []
    assert parser._alone_at is not None
    parser._alone_at += constants.ESCAPE_DELAY
    assert list(parser.tick()) == []
    assert [str(event) for event in parser.feed("x")] == [
        str(events.Key("escape", "\x1b")),
        str(events.Key("x", "x")),
    ]


def test_alt_and_a_letter_stay_together_where_the_settings_want_it() -> None:
    assert read("\x1bx", parser=EscapeParser({"alt+x"})) == ["alt+x"]
    assert read("\x1by", parser=EscapeParser({"alt+x"})) == ["escape", "y"]


@given(
    st.lists(st.sampled_from(["a", "B", " ", "é", "\x1b[A", "\x1b[Z", "\x1b[120;3u", "\r"])),
    st.data(),
)
def test_where_nothing_is_ambiguous_it_reads_as_textual_does(
    parts: list[str], data: st.DataObject
) -> None:
    text = "".join(parts)
    cut = data.draw(st.integers(0, len(text)))
    reads = [piece for piece in (text[:cut], text[cut:]) if piece]
    assume(text[cut - 1 : cut] != "\x1b" or len(text) > cut + 1)
    assert read(*reads) == read(*reads, parser=XTermParser())
