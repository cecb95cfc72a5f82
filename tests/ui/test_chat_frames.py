"""When a growing answer is drawn, and how little of it is open to change."""

import pytest

from tui.widgets.chat.blocks import Body
from tui.widgets.chat.updates import (
    FRAME_SECONDS,
    KEYS_FIRST_SECONDS,
    LONGEST_SECONDS,
    frame_due,
)


@pytest.mark.parametrize(
    ("key", "due"),
    [
        (0.0, 10 + FRAME_SECONDS),
        (10.1, 10.1 + KEYS_FIRST_SECONDS),
        (10.0 + LONGEST_SECONDS, 10 + LONGEST_SECONDS),
    ],
    ids=["no key", "a key", "key after key"],
)
def test_text_is_drawn_between_keys_but_never_left_out_for_long(key: float, due: float) -> None:
    assert frame_due(10.0, key) == pytest.approx(due)


def test_blocks_that_another_one_follows_can_no_longer_change() -> None:
    body = Body(is_plain=False)
    text = "".join(f"paragraph {number}\n\n- one\n- two\n\n" for number in range(50))
    for end in range(0, len(text), 7):
        body.feed(text[:end])
        if body.open_piece is not None:
            assert body.open_piece.source.count("\n") < 10
