"""Undo and redo in every field for a text, also where the text then fits and a bar goes away."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import TextArea

import tui
from tests.ui.screens_host import until
from tui.commands import Keymap
from tui.screens.draft_area import DraftArea
from tui.screens.sources_field import SourcesField
from tui.themes.palettes import VARIABLES
from tui.widgets.prompt import PromptBox
from tui.widgets.writing_area import WritingArea

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


def test_every_field_for_a_text_is_a_writing_area() -> None:
    own = re.compile(r"class \w+\(TextArea\b|(yield|=) TextArea\(")
    files = Path(tui.__file__).parent.rglob("*.py")
    found = {path.name for path in files if own.search(path.read_text(encoding="utf-8"))}
    assert found == {"writing_area.py"}
