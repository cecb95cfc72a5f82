"""The styles of the parts of widgets, which are worked out only when they can have changed."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.containers import Vertical
from textual.css.styles import RenderStyles
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget

from tests.support.driver import User, at_the_desk
from tests.support.fakes import MemoryStore, Script
from tests.support.styles import styles_worked_out
from tests.ui.screens_host import a_content
from tui.screens.frame import Dialog, FullScreen
from tui.screens.main import MainScreen
from tui.widgets.component_styles import ComponentsOnce

DRAFT = "Here.\n<draft>\n# One\n\nFirst text.\n</draft>\n"
STEPS = (
    ("tab",),
    ("shift+tab",),
    ("escape", "escape"),
    ("j",),
    ("slash", "w", "escape"),
    ("C",),
    ("tab", "tab"),
    ("e", "x"),
    ("escape",),
    ("ctrl+p", "d"),
    ("escape",),
    ("n",),
    ("tab",),
    ("escape",),
    ("C",),
)


class Row(Widget):
    COMPONENT_CLASSES: ClassVar[set[str]] = {"row--mark"}


class RowApp(App[None]):
    CSS = """
    .row--mark { color: $primary; }
    .warm .row--mark { color: red; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.stylesheet = ComponentsOnce(variables=self.get_css_variables())

    def compose(self) -> ComposeResult:
        yield Vertical(Row())


async def test_parts_follow_a_class_further_up_a_theme_and_rules_that_are_added() -> None:
    app = RowApp()
    async with app.run_test() as pilot:
        row, box = app.query_one(Row), app.query_one(Vertical)

        def colour() -> Color:
            return row.get_component_styles("row--mark").color

        for theme in ("nord", "dracula"):  # Both are dark.
            app.theme = theme
            await pilot.pause()
            assert colour() == Color.parse(app.get_css_variables()["primary"])
        box.add_class("warm")
        assert colour() == Color.parse("red")
        kept = row._component_styles["row--mark"]
        box.update_node_styles()
        assert row._component_styles["row--mark"] is kept  # Nothing was worked out anew.
        app.stylesheet.add_source(".warm .row--mark { color: lime; }", ("", "of a screen"))
        app.stylesheet.reparse()
        app.stylesheet.update(app)
        assert colour() == Color.parse("lime")


async def test_parts_look_after_every_step_as_if_worked_out_anew() -> None:
    async with at_the_desk(Script(DRAFT)) as user:
        await user.begins("On waiting", "why")
        await user.sees("first draft ★ · v1")
        assert_as_new(user, "the start")
        await user.commands()
        for keys in STEPS:
            await user.presses(*keys)
            assert_as_new(user, " ".join(keys))


async def test_a_screen_is_styled_once_when_it_comes_and_looks_as_it_should(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late: list[str] = []
    update, restyle = DOMNode.update_classes, DOMNode.update_node_styles

    def noted(self: DOMNode, classes: Mapping[str, bool], *args: Any, **named: Any) -> DOMNode:
        wanted = {name for name, is_set in classes.items() if is_set}
        if isinstance(self, MainScreen | FullScreen | Dialog) and not wanted <= self.classes:
            late.append(f"{self}: {wanted}")
        return update(self, classes, *args, **named)

    def restyled(self: DOMNode, animate: bool = True) -> None:
        if isinstance(self, MainScreen | FullScreen | Dialog) and self.is_mounted:
            late.append(f"{self}: again")
        restyle(self, animate)

    monkeypatch.setattr(DOMNode, "update_classes", noted)
    monkeypatch.setattr(DOMNode, "update_node_styles", restyled)
    content = a_content("One.", "Two.")
    for size in ((36, 11), (100, 28), (170, 50)):
        async with at_the_desk(store=MemoryStore([content]), size=size) as user:
            await user.waits(lambda: user.prompt.has_focus, "the start")
            assert_as_new(user, f"the start at {size}")
            assert late == [], size
            for key in "dn":
                await user.commands(key)
                await user.waits(lambda: user.app.screen is not user.main, key)
                assert_as_new(user, f"{key} at {size}")
                assert late == [], (size, key)
                await user.presses("escape")
                late.clear()  # What was behind a dialog is styled again when it goes.


def assert_as_new(user: User, step: str) -> None:
    """Compare all styles on the screen with those that Textual itself works out."""
    sheet = user.app.stylesheet
    with styles_worked_out():
        for widget in user.app.screen.walk_children(Widget, with_self=True):
            before = {name: styles.base.get_rules() for name, styles in parts_of(widget).items()}
            Stylesheet._process_component_classes(sheet, widget)
            after = {name: styles.base.get_rules() for name, styles in parts_of(widget).items()}
            assert before == after, (step, widget)
            own = widget.styles.base.get_rules()
            Stylesheet.apply(sheet, widget)
            assert own == widget.styles.base.get_rules(), (step, widget)


def parts_of(widget: Widget) -> dict[str, RenderStyles]:
    return widget._component_styles
