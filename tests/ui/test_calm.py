"""Calm mode: a growing answer by paragraphs."""

from dataclasses import replace

from tui.screens.calm import ByParagraphs
from tui.widgets.chat import ChatItem, Role

OPEN = ChatItem("a", 1, Role.DRAFT, "v2 · 1 word", "", is_open=True)


def test_an_answer_comes_by_paragraphs_and_its_end_whole() -> None:
    calm, text = ByParagraphs(), "One two.\n\nThree four.\n\nFive"
    shown: list[ChatItem] = []
    for end in range(len(text) + 1):
        item = replace(OPEN, heading=f"v2 · {end} words", body=text[:end])
        shown += calm.slowed([item])
    assert list(dict.fromkeys(item.body for item in shown)) == [
        "",
        "One two.\n",
        "One two.\n\nThree four.\n",
    ]
    # The same objects in between: nothing is drawn again, the heading included.
    assert len({id(item) for item in shown}) == 3
    whole = replace(OPEN, body=text, is_open=False)
    assert calm.slowed([whole]) == [whole]
