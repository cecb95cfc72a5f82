"""The draft-tag parser: the same segments under any chunking, and no character lost."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.domain.drafts import (
    DraftSplit,
    Part,
    Segment,
    finished_draft,
    partial_draft,
    split_reply,
    text_to_take,
    trimmed,
)

PIECES = st.sampled_from(
    [
        "<draft>",
        "</draft>",
        "<draft>\n",
        "</draft>\n",
        "\n<draft>\n",
        "\n</draft>\n",
        "\r\n",
        "\n",
        "\n\n",
        " ",
        "\t",
        " " * 150,
        "<",
        "</dra",
        "ft>",
        "word",
        "a <draft> b",
        "字",
        "🙂",
        "\u2028",
        "\x85",
    ]
)
REPLIES = st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=60))


def chunked(text: str, cuts: list[int]) -> list[str]:
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    return [text[start:end] for start, end in pairwise(places)]


def fed(chunks: list[str]) -> DraftSplit:
    split = DraftSplit()
    for chunk in chunks:
        split = split.feed(chunk)
    return split


def plainly_split(text: str) -> list[tuple[Part, str, bool]]:
    """Split line by line, without any streaming: what the parser is held against."""
    found: list[tuple[Part, str, bool]] = []
    part, gathered = Part.TALK, ""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    for line in lines:
        tag = line.strip(" \t\r\n") if len(line.removesuffix("\n")) <= 200 else ""
        if part is Part.TALK and tag == "<draft>":
            if gathered:
                found.append((part, gathered, True))
            part, gathered = Part.DRAFT, ""
        elif part is Part.DRAFT and tag == "</draft>":
            found.append((part, gathered.removesuffix("\n"), True))
            part, gathered = Part.TALK, ""
        else:
            gathered += line
    begun = lines[-1].lstrip(" \t\r\n")  # A blank behind it shows that no more of the tag comes.
    is_cut_off = begun.startswith("</") and begun != "</draft>" and "</draft>".startswith(begun)
    if part is Part.DRAFT and is_cut_off and len(lines[-1]) <= 200:
        gathered = gathered.removesuffix(lines[-1])
    if gathered or part is Part.DRAFT:
        found.append((part, gathered, False))
    return found


@given(REPLIES)
@example("<draft>\n</dra ")
@example("<draft>\n </dra")
def test_a_reply_is_split_line_by_line(text: str) -> None:
    got = [(segment.part, segment.text, segment.is_closed) for segment in split_reply(text)]
    assert got == plainly_split(text)


@given(REPLIES, st.lists(st.integers(0, 200), max_size=40))
def test_chunking_changes_nothing(text: str, cuts: list[int]) -> None:
    assert fed(chunked(text, cuts)).finish().segments == split_reply(text)


@given(REPLIES)
def test_every_character_for_itself_changes_nothing(text: str) -> None:
    assert fed(list(text)).finish().segments == split_reply(text)


@given(REPLIES, st.lists(st.integers(0, 200), max_size=40))
def test_what_was_shown_is_never_taken_back(text: str, cuts: list[int]) -> None:
    split = DraftSplit()
    for chunk in chunked(text, cuts):
        grown = split.feed(chunk)
        for old, new in zip(split.segments, grown.segments, strict=False):
            assert old.part is new.part
            if old.is_closed:
                assert new == old
            else:
                assert new.text.startswith(old.text.removesuffix("\n"))
        split = grown


@given(st.text(alphabet="ab<>/drft \n\r\t").filter(lambda text: "draft>" not in text))
def test_text_without_tags_is_kept_exactly(text: str) -> None:
    expected = (Segment(Part.TALK, text),) if text else ()
    assert split_reply(text) == expected


@given(REPLIES)
def test_only_whole_tag_lines_go_missing(text: str) -> None:
    kept = "".join(segment.text for segment in split_reply(text))
    for mark in ("word", "字", "🙂", "a <draft> b"):
        assert kept.count(mark) == text.count(mark)


@given(REPLIES, st.lists(st.integers(0, 200), max_size=10))
def test_little_is_held_back(text: str, cuts: list[int]) -> None:
    split = DraftSplit()
    for chunk in chunked(text, cuts):
        split = split.feed(chunk)
        assert len(split.held) <= 200
        assert not (split.held and split.is_mid_line)


@pytest.mark.parametrize(
    "text",
    [
        "say <draft> here\n",
        "<draft>text\n",
        "x</draft>\n",
        "<draft >\n",
        "<Draft>\n",
        "< draft>\n",
        "</draft>\n",
        "`<draft>`\n",
        "<draft><draft>\n",
        " " * 300 + "<draft>\n",
    ],
)
def test_a_tag_in_a_line_with_more_is_text(text: str) -> None:
    assert split_reply(text) == (Segment(Part.TALK, text),)


@pytest.mark.parametrize("blank", ["", " ", "\t", "   "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blanks_around_a_tag_and_crlf_are_allowed(blank: str, end: str) -> None:
    text = f"{blank}<draft>{blank}{end}One{end}two{end}{blank}</draft>{blank}{end}Done."
    talk = split_reply(text)[-1]
    assert finished_draft(text) == f"One{end}two"
    assert talk == Segment(Part.TALK, "Done.")


def test_a_draft_tag_inside_a_draft_is_text_and_the_first_closing_ends_it() -> None:
    text = "<draft>\nOne\n<draft>\ntwo\n</draft>\nafter\n</draft>"
    assert split_reply(text) == (
        Segment(Part.DRAFT, "One\n<draft>\ntwo", is_closed=True),
        Segment(Part.TALK, "after\n</draft>"),
    )


def test_of_several_drafts_the_last_closed_one_counts() -> None:
    text = "<draft>\nOne\n</draft>\nor\n<draft>\nTwo\n</draft>\n<draft>\n\n</draft>\n<draft>\nThr"
    assert finished_draft(text) == "Two"
    assert partial_draft(text) == "Thr"


def test_a_closed_draft_keeps_its_last_blank_lines_when_another_follows() -> None:
    first = split_reply("<draft>\nOne\n\n\n</draft>\n<draft>\nTwo\n</draft>")[0]
    assert first == Segment(Part.DRAFT, "One\n\n", is_closed=True)


def test_an_unclosed_draft_is_partial_and_not_finished() -> None:
    text = "Here it is.\n<draft>\n\nOnce upon a ti"
    assert finished_draft(text) is None
    assert partial_draft(text) == "Once upon a ti"
    assert split_reply(text)[-1].is_closed is False


@pytest.mark.parametrize("begun", ["</", "</dr", "</draft", "  </draf"])
def test_a_closing_tag_that_was_cut_off_is_no_text_of_the_draft(begun: str) -> None:
    reply = f"<draft>\nThe hard part.\n{begun}"
    assert partial_draft(reply) == "The hard part."
    assert split_reply(reply)[-1].text == "The hard part.\n"
    assert partial_draft("<draft>\n1 <\n<") == "1 <\n<"


NO_TEXT = [
    "",
    "Talk.",
    "<draft>\n \n</draft>",
    "<draft>",
    "<draft>\n\n  ",
    "<draft>\n# ",
    "<draft>\n- **",
]


@pytest.mark.parametrize("text", NO_TEXT)
def test_no_text_is_no_draft(text: str) -> None:
    assert finished_draft(text) is None
    assert partial_draft(text) is None


def test_a_reply_that_ends_with_the_tag_and_no_line_end_is_closed() -> None:
    assert finished_draft("<draft>\nOne\n</draft>") == "One"
    assert fed(["<draft>\nOne\n</draft>"]).segments[-1].is_closed is False


@pytest.mark.parametrize(
    ("reply", "taken"),
    [
        ("Shorter now.\n<draft>\nOne\n</draft>", "One"),
        ("Shorter now.\n<draft>\nOn", "On"),
        ("Only talk.", "Only talk."),
        ("Shorter now.\n<draft>\n# ", ""),
    ],
)
def test_the_talk_before_a_draft_is_not_taken_for_one(reply: str, taken: str) -> None:
    assert text_to_take(reply) == taken


def test_is_in_draft_follows_the_stream() -> None:
    split = DraftSplit().feed("Talk\n<draft>")
    assert not split.is_in_draft
    split = split.feed("\nOne\n")
    assert split.is_in_draft
    assert not split.feed("</draft>\n").is_in_draft


@given(st.text(alphabet=st.sampled_from("ab \n\t\r\u2028")))
def test_trimming_keeps_the_words_and_is_done_once(text: str) -> None:
    once = trimmed(text)
    assert trimmed(once) == once
    assert once.split() == text.split()
    assert once in text


def test_a_long_first_line_keeps_its_indent() -> None:
    assert trimmed("\n  \n    code\ntext \n\n") == "    code\ntext"


def test_a_long_draft_in_small_chunks_is_kept_and_nothing_piles_up() -> None:
    draft = "".join(f"Line {number} of a long draft.\n" for number in range(8_000))
    text = f"Here.\n<draft>\n{draft}</draft>\nDone."
    split = fed([text[start : start + 50] for start in range(0, len(text), 50)])
    assert [segment.part for segment in split.segments] == [Part.TALK, Part.DRAFT, Part.TALK]
    assert split.finish().segments == split_reply(text)
    assert finished_draft(text) == draft.rstrip()


@pytest.mark.parametrize("chunk", [" ", "\t", "\r", "<draft>", "\n"])
def test_a_stream_of_nothing_but_blanks_or_tags_stays_cheap(chunk: str) -> None:
    # What is held back is looked at again with every chunk: it must not grow with the reply.
    split = DraftSplit()
    for _ in range(5_000):
        split = split.feed(chunk)
        assert len(split.held) <= 200
    assert trimmed("\n" * 1_000_000 + "x") == "x"
