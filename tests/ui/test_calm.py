"""Calm mode: a growing answer by paragraphs, and cursors that stand still."""

from dataclasses import replace

from textual.widgets import Input, TextArea

from tests.support.driver import at_the_desk
from tests.support.fakes import Script
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


async def test_the_setting_reaches_the_chat_and_every_field() -> None:
    begun = Script("One is whole.\n\nTwo has begun and goes on for a while.", chunk=1, is_held=True)
    async with at_the_desk(begun, motion="calm") as user:

        async def stands_still(kind: type[Input | TextArea]) -> None:
            await user.waits(lambda: isinstance(user.app.focused, kind), "a field")
            field = user.app.focused
            assert isinstance(field, Input | TextArea)
            await user.waits(lambda: not field.cursor_blink, "a cursor that does not blink")

        await user.begins("Calm", "why")
        await user.sees("One is whole.")
        replies = user.app._studio.conversations.running
        await user.waits(
            lambda: "Two has" in str([talk.reply for talk in replies.values()]),
            "more of the answer",
        )
        assert "Two" not in user.screen
        await stands_still(TextArea)
        await user.presses("ctrl+p")
        await stands_still(Input)
        await user.presses("escape")
        user.agent.release.set()
        await user.sees("Two has begun and goes on for a while.")
