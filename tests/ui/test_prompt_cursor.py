"""The cursor of a prompt in which nobody types stands still: an idle screen writes nothing."""

from textual.app import App, ComposeResult

from tui.commands import Keymap
from tui.widgets.prompt import MOST_BLINKS, PromptBox


class Host(App[None]):
    """Nothing but a prompt."""

    keymap = Keymap({})

    def compose(self) -> ComposeResult:
        yield PromptBox()


async def test_the_cursor_blinks_for_a_while_after_a_key_and_is_seen_at_rest() -> None:
    async with Host().run_test() as pilot:
        prompt = pilot.app.query_one(PromptBox)

        def is_blinking() -> bool:
            return prompt.blink_timer._active.is_set()

        for _ in range(2):
            await pilot.press("a")
            assert is_blinking()
            seen = set()
            for _ in range(MOST_BLINKS - 1):
                prompt._toggle_cursor_blink_visible()
                seen.add(prompt._cursor_visible)
            assert seen == {True, False}
            assert is_blinking()
            prompt._toggle_cursor_blink_visible()
            assert not is_blinking()
            assert prompt._cursor_visible
