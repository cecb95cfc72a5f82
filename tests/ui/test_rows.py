"""What all lists that draw their own rows have in common: their scrollbar, and their frame."""

from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tests.ui.screens_host import until
from tests.ui.test_contents_list import rows
from tui.themes.palettes import VARIABLES
from tui.widgets.contents import ContentList, Listing
from tui.widgets.row_scrollbar import RowScrollBar
from tui.widgets.titled import TitledPane


class Framed(App[None]):
    """A list in a frame."""

    CSS = "TitledPane { border: solid red; height: 17; } ContentList { width: 100%; }"

    def compose(self) -> ComposeResult:
        with TitledPane(id="pieces"):
            yield ContentList(id="list")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(VARIABLES)


def cells(strips: list[Strip]) -> list[object]:
    """Return what is seen of each line of one cell, and what the mouse does there."""
    seen: list[object] = []
    for strip in strips:
        (cell,) = strip
        style = cell.style or Style.null()
        ground = style.color if style.reverse else style.bgcolor
        ink = None if cell.text == " " else (style.color, style.bgcolor)
        seen.append((cell.text, ground, ink, style.meta))
    return seen


async def test_the_scrollbar_is_drawn_as_textual_would_wherever_it_stands() -> None:
    app = Framed()
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        shown = app.query_one(ContentList)
        bar, whole = shown.vertical_scrollbar, Region(0, 0, 1, 15)
        assert isinstance(bar, RowScrollBar)

        def agrees() -> bool:
            bar.refresh()
            return cells(bar.render_lines(whole)) == cells(Widget.render_lines(bar, whole))

        for count in (3, 14, 15, 16, 40, 3000):
            shown.listing = Listing(rows(*range(count)), rows(0)[0].id)
            await pilot.pause()
            for place in {0, 1, count // 3, count // 2, count - 1}:
                shown.go_to(place)
                for look in ("plain", "mouse_over", "grabbed"):
                    bar.set_reactive(RowScrollBar.mouse_over, look == "mouse_over")
                    grabbed = bar.region.offset if look == "grabbed" else None
                    bar.set_reactive(RowScrollBar.grabbed, grabbed)
                    assert agrees(), (count, place, look)
        shown.styles.scrollbar_color = "green"
        assert agrees()
        lines = bar.render_lines(whole)
        again = bar.render_lines(whole)
        assert all(one is other for one, other in zip(lines, again, strict=True))
        assert bar.render_lines(Region(0, 4, 1, 5)) == lines[4:9]


async def test_another_title_draws_only_the_edge_it_stands_in() -> None:
    app = Framed()
    async with app.run_test(size=(40, 20)) as pilot:
        frame = app.query_one(TitledPane)
        await pilot.pause()
        frame._exchange_repaint_regions()
        frame.heading = "Other pieces"
        assert frame._exchange_repaint_regions() == {Region(0, 0, 40, 1)}
        frame.facts = ("40 of them",)
        assert frame._exchange_repaint_regions() == {Region(0, 16, 40, 1)}
        lines = [strip.text for strip in frame.render_lines(Region(0, 0, 40, 17))]
        assert "Other pieces" in lines[0]
        assert "40 of them" in lines[16]
        frame.alert = "Claude asks"
        await pilot.pause()
        assert "Claude asks" in frame.render_lines(Region(0, 0, 40, 17))[0].text
        frame.refresh()
        assert Region(0, 0, 40, 17) in frame._exchange_repaint_regions()


async def test_a_frame_shows_the_facts_that_fit_whole() -> None:
    app = Framed()
    async with app.run_test(size=(60, 20)) as pilot:
        frame = app.query_one(TitledPane)
        frame.facts = ("a branch with a name ★", "v4", "v2 approved, v4 is newer", "126 words")
        for width, shown in (
            (72, "a branch with a name ★ · v4 · v2 approved, v4 is newer · 126 words"),
            (71, "a branch with a name ★ · v4 · v2 approved, v4 is newer"),
            (40, "a branch with a name ★ · v4"),
            (16, "a branch…"),
        ):
            await pilot.resize_terminal(width, 20)
            await until(pilot, lambda: frame.size.width == width - 2)  # noqa: B023
            edge = frame.render_lines(Region(0, 16, width, 1))[0].text
            assert edge.strip("└─┘ ") == shown
