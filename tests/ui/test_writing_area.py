"""What every field for a text does: undo and redo of long texts, and keys on joined characters."""

import re
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import split_graphemes
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

import tui
from tests.ui.screens_host import until
from tui.commands import Keymap
from tui.screens.draft_area import DraftArea
from tui.screens.sources_field import SourcesField
from tui.themes.palettes import VARIABLES
from tui.widgets.prompt import PromptBox
from tui.widgets.writing_area import WritingArea, character_at

FIELDS: tuple[Callable[[], TextArea], ...] = (
    lambda: DraftArea(""),
    PromptBox,
    lambda: SourcesField((), id="sources"),
    WritingArea,
)


class Host(App[None]):
    """Nothing but a field of six rows."""

    keymap = Keymap({})

    def __init__(self, make: Callable[[], TextArea]) -> None:
        super().__init__()
        self._make = make

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(VARIABLES)

    def compose(self) -> ComposeResult:
        field = self._make()
        field.styles.height = field.styles.max_height = 6
        yield field


@pytest.mark.parametrize("make", FIELDS, ids=["draft", "prompt", "sources", "field"])
async def test_a_long_text_is_undone_and_redone(make: Callable[[], TextArea]) -> None:
    async with Host(make).run_test(size=(60, 20)) as pilot:
        field = pilot.app.query_one(TextArea)
        field.focus()
        await pilot.press("a")
        await field._on_paste(events.Paste("\n".join(f"line {number}" for number in range(50))))
        assert field.document.line_count == 50
        await until(pilot, lambda: field.show_vertical_scrollbar)
        long = field.text
        field.undo()
        await until(pilot, lambda: not field.show_vertical_scrollbar)
        assert field.text == "a"
        field.redo()
        assert field.text == long
        field.select_all()
        await pilot.press("delete")
        field.undo()
        assert field.text == long
        field.move_cursor(field.document.end)
        field.redo()
        await until(pilot, lambda: not field.show_vertical_scrollbar)
        assert field.text == ""
        assert field.cursor_location == (0, 0)


SEEN = ["e\u0301", "t", "n\u0303\u0323", " ", "👩‍👩‍👧‍👦", "👍🏽", "❤️", "x", "日", "本", "हि", "न्"]


@pytest.mark.parametrize("make", FIELDS, ids=["draft", "prompt", "sources", "field"])
async def test_a_key_passes_or_deletes_what_is_drawn_as_one(make: Callable[[], TextArea]) -> None:
    async with Host(make).run_test(size=(60, 20)) as pilot:
        field = pilot.app.query_one(TextArea)
        field.focus()
        field.load_text("".join(SEEN) + "\n")
        ends = [*accumulate(map(len, SEEN), initial=0)]
        passed = [field.cursor_location[1]]
        for _ in SEEN:
            await pilot.press("right")
            passed.append(field.cursor_location[1])
        assert passed == ends
        back = [ends[-1]]
        for _ in SEEN:
            await pilot.press("left")
            back.append(field.cursor_location[1])
        assert back == ends[::-1]
        await pilot.press("right", "right", "delete", "backspace")
        assert field.text == "".join(["e\u0301", *SEEN[3:]]) + "\n"
        await pilot.press("right", "right", "backspace")
        assert field.text == "".join(["e\u0301", " ", *SEEN[5:]]) + "\n"
        await pilot.press("down", "right", "left", "left")
        assert field.cursor_location[0] == 0


@pytest.mark.parametrize("make", FIELDS[1:3], ids=["prompt", "sources"])
async def test_a_new_line_takes_the_place_of_what_is_selected(make: Callable[[], TextArea]) -> None:
    async with Host(make).run_test(size=(60, 20)) as pilot:
        field = pilot.app.query_one(TextArea)
        field.focus()
        field.load_text("one two three")
        for key in Keymap()["prompt.newline"].keys.split(","):
            field.selection = Selection((0, 4), (0, 7))
            await pilot.press(key)
            assert (field.text, field.selection) == ("one \n three", Selection.cursor((1, 0)))
            await pilot.press("ctrl+z")
            assert field.text == "one two three"


@settings(max_examples=300)
@given(st.text(alphabet="a e\u0301\u0323👩\u200d👍🏽❤️日हि", max_size=12), st.integers(0, 11))
@example("a\u200da", 0)
def test_a_joined_character_is_found_as_in_the_whole_line(line: str, column: int) -> None:
    if column < len(line):
        around = [(first, end) for first, end, _ in split_graphemes(line)[0]]
        assert character_at(line, column) in [one for one in around if one[0] <= column < one[1]]


def test_every_field_for_a_text_is_a_writing_area() -> None:
    own = re.compile(r"class \w+\(TextArea\b|(yield|=) TextArea\(")
    files = Path(tui.__file__).parent.rglob("*.py")
    found = {path.name for path in files if own.search(path.read_text(encoding="utf-8"))}
    assert found == {"writing_area.py"}
