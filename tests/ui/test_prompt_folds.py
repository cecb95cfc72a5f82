"""A long paste is one marker in the prompt, and the whole text everywhere else."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import TextArea

from tests.store.strategies import few_spans
from tests.support.driver import at_the_desk
from tests.support.fakes import MemoryStore
from tui.commands import Keymap
from tui.domain.passage import Span
from tui.widgets.folds import CLOSE, LONGEST, MOST_LINES, OPEN, Folds
from tui.widgets.prompt import PromptBox, PromptView

LINES = "a line of it\n" * 2 * MOST_LINES
LONG = "é" * (LONGEST + 1)
INNER = f"{OPEN}26 KB pasted, 2,000 lines{CLOSE}"
TEXTS = {"①": LINES, "②": LONG, "③": INNER}
"""A character of its own for each text that is folded, in the field it is compared with."""


class Host(App[None]):
    """A prompt, and a plain field to compare it with."""

    keymap = Keymap({})

    def compose(self) -> ComposeResult:
        yield PromptBox()
        yield TextArea(id="plain")


def shown(prompt: PromptBox) -> str:
    return "\n".join(prompt.get_line(row).plain for row in range(prompt.document.line_count))


async def test_a_long_paste_is_one_marker_and_sent_as_it_is() -> None:
    async with Host().run_test() as pilot:
        prompt = pilot.app.query_one(PromptBox)

        async def pastes(text: str) -> None:
            await prompt._on_paste(events.Paste(text))

        prompt.focus()
        prompt.insert("See ")
        await pastes(LINES.replace("\n", "\r"))
        prompt.insert(" and ")
        await pastes(LONG)
        prompt.insert(" of [26 KB pasted, 2,000 lines]")
        said = "See [26 KB pasted, 2,000 lines] and [128 KB pasted, 1 line]"
        assert shown(prompt) == said + " of [26 KB pasted, 2,000 lines]"
        whole = f"See {LINES} and {LONG} of [26 KB pasted, 2,000 lines]"
        assert prompt.value == whole

        # Deleting any character of it deletes all of it, as one step that comes back.
        prompt.move_cursor((0, 5))
        assert prompt.cursor_location == (0, 4)
        await pilot.press("backspace", "delete")
        assert prompt.value == f"See and {LONG} of [26 KB pasted, 2,000 lines]"
        await pilot.press("ctrl+z")
        assert prompt.value == f"See{LINES} and {LONG} of [26 KB pasted, 2,000 lines]"
        await pilot.press("ctrl+z")
        assert prompt.value == whole
        prompt.move_cursor((0, 4))
        await pilot.press("delete", "delete", "ctrl+z")
        assert prompt.value == f"See  and {LONG} of [26 KB pasted, 2,000 lines]"
        await pilot.press("ctrl+z", "right")
        assert prompt.value == whole

        # Another text as long has a marker of its own.
        await pastes(LINES.replace("i", "I"))
        assert "[26 KB pasted, 2,000 lines, no. 2]" in shown(prompt)
        await pilot.press("ctrl+z")

        # What is cut is the text, and the prompt of another branch and back is as it was.
        prompt.select_all()
        prompt.action_cut()
        assert (prompt.value, pilot.app.clipboard) == ("", whole)
        prompt.view = PromptView("elsewhere", 1)
        prompt.view = PromptView(whole, 2)
        assert shown(prompt) == said + " of [26 KB pasted, 2,000 lines]"
        assert prompt.value is whole
        await pilot.press("enter")
        assert prompt.submission is not None
        assert (prompt.submission.text, prompt.value) == (whole, "")


MOVES = ("cursor_left", "cursor_right", "cursor_line_start", "cursor_line_end")
DELETES = (
    "delete_left",
    "delete_right",
    "delete_to_start_of_line",
    "delete_to_end_of_line",
    "delete_line",
)
STEPS = st.one_of(
    st.tuples(st.sampled_from(MOVES), st.booleans()),
    st.tuples(st.sampled_from(DELETES)),
    st.tuples(st.just("insert"), st.sampled_from(["x", "\n", "[", *TEXTS])),
    st.tuples(st.sampled_from(["copy", "cut", "paste"])),
)


async def test_of_a_long_text_that_comes_back_its_ends_are_to_be_seen() -> None:
    """After a restart nobody knows what was pasted: what was typed stands before it or behind."""
    async with Host().run_test() as pilot:
        prompt = pilot.app.query_one(PromptBox)
        text = f"Make it\nlike this:\n{LINES}\nBut shorter!"
        prompt.view = PromptView(text, 1)
        rows = shown(prompt).split("\n")
        assert (rows[:2], rows[-1]) == (["Make it", "like this:"], "But shorter!")
        assert rows[2] == "[26 KB pasted, 2,000 lines]"
        assert len(rows) == 5
        assert prompt.value == text
        prompt.insert(" Please.")
        assert prompt.value == f"{text} Please."
        prompt.view = PromptView(f"Shorter: {LONG} And so on.", 2)
        assert shown(prompt).startswith("Shorter: ééé")
        assert shown(prompt).endswith("ééé And so on.")
        assert len(shown(prompt)) < 600
        prompt.load_text("")
        known = LINES.upper() * 2  # It is one marker again.
        await prompt._on_paste(events.Paste(known))
        prompt.view = PromptView("elsewhere", 3)
        prompt.view = PromptView(known, 4)
        assert shown(prompt) == "[52 KB pasted, 4,000 lines]"


@given(st.text("a\n" + OPEN, max_size=400), st.text("b\r\n" + CLOSE, max_size=400))
def test_what_comes_back_is_all_there(lead: str, rest: str) -> None:
    for text in (lead + LINES + rest, lead + LONG + rest, lead + rest):
        folds = Folds()
        assert folds.unfold(folds.fold_loaded(text)) == text
        assert len(folds.fold_loaded(text)) < LONGEST


async def test_a_folded_text_is_edited_like_one_character() -> None:
    async with Host().run_test(size=(900, 24)) as pilot:
        prompt, plain = pilot.app.query_one(PromptBox), pilot.app.query_one("#plain", TextArea)

        @settings(max_examples=60)
        @given(st.lists(STEPS, max_size=20))
        def both_are_the_same(steps: Sequence[tuple[str, ...]]) -> None:
            clips: dict[TextArea, str] = {}
            for field in (prompt, plain):
                field.load_text("")
                clips[field] = ""
            for name, *given_with in steps:
                for field in (prompt, plain):
                    if name == "insert":
                        text = given_with[0] if field is plain else _meant(given_with[0])
                        field.replace(text, *field.selection, maintain_selection_offset=False)
                    elif name == "copy":
                        clips[field] = field.selected_text
                    elif name == "cut":
                        cut = field.delete(*field.selection, maintain_selection_offset=False)
                        clips[field] = cut.replaced_text
                    elif name == "paste":
                        text = clips[field]
                        field.replace(text, *field.selection, maintain_selection_offset=False)
                    else:
                        getattr(field, f"action_{name}")(*given_with)
                assert prompt.value == _meant(plain.text)
                assert prompt.cursor_location[0] == plain.cursor_location[0]
            end, shown_at_end = prompt.value, prompt.text
            while prompt.history.undo_stack:
                prompt.undo()
            assert prompt.value == ""
            while prompt.history.redo_stack:
                prompt.redo()
            assert (prompt.value, prompt.text) == (end, shown_at_end)

        both_are_the_same()


def _meant(text: str) -> str:
    for character, one in TEXTS.items():
        text = text.replace(character, one)
    return text


async def test_words_between_two_long_pastes_are_seen_again_after_a_restart() -> None:
    store = MemoryStore()
    for is_again in (False, True):
        async with at_the_desk(store=store) as user:
            if not is_again:
                await user.begins("On waiting")
                await user.types("Take ")
                user.app.post_message(events.Paste(LINES))
                await user.types(" but shorter than ")
                user.app.post_message(events.Paste(LONG))
                await user.types(" is")
            await user.waits(lambda: user.prompt.has_focus, "the start")
            await user.waits(lambda: "than [128 KB pasted, 1 line] is" in shown(user.prompt), "it")
            assert shown(user.prompt).startswith("Take [26 KB pasted, 2,000 lines] but shorter")
            assert user.prompt.value == f"Take {LINES} but shorter than {LONG} is"


@given(st.lists(st.sampled_from(["a b", LINES, LONG, INNER]), max_size=5), few_spans(300_000))
def test_what_comes_back_is_all_there_whatever_is_said_of_its_folds(
    parts: list[str], spans: tuple[Span, ...]
) -> None:
    text, folds = "".join(parts), Folds()
    held = folds.fold_loaded(text, spans)
    assert folds.unfold(held) == text
    assert len(held) < LONGEST
