"""One word is one word, wherever words are counted on the main screen."""

from tests.support.driver import at_the_desk
from tests.support.fakes import Script


async def test_a_draft_of_one_word_is_not_of_one_words() -> None:
    async with at_the_desk(Script("<draft>\nTea.\n</draft>\n")) as user:
        await user.begins("On waiting", "why")
        await user.sees("╭ v1 · 1 word · by Claude ·", "first draft ★ · v1 · 1 word ─")
        await user.commands("y")
        await user.sees("Copied v1, 1 word")
        assert "1 words" not in user.screen
