"""Takes the pictures of the README from the running demo: real app, real SDK, scripted writer.

Run it with `uv run --with resvg-py screenshots/take.py`; it needs the font DejaVu Sans Mono. With a
folder as argument it takes every scene in three sizes and both themes there, to be looked at.
"""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import resvg_py  # type: ignore[import-not-found]
from textual.pilot import Pilot

from tui.app import RedraftApp
from tui.composition.opening import open_studio
from tui.composition.running import DEMO_BANNER
from tui.settings import Settings

HERE = Path(__file__).parent
FONT = "DejaVu Sans Mono"
Steps = Callable[[Pilot[None]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, the terminal's size in columns and lines, and what is done before."""

    name: str
    size: tuple[int, int]
    steps: Steps
    theme: str = "redraft-dark"


async def seen(pilot: Pilot[None], text: str, seconds: float = 20) -> None:
    """Wait until the screen shows a text."""
    for _ in range(int(seconds / 0.05)):
        strips = pilot.app.screen._compositor.render_strips()  # noqa: SLF001
        if any(text in strip.text for strip in strips):
            return
        await pilot.pause(0.05)
    raise SystemExit(f"Never seen: {text}")


def keys(text: str) -> list[str]:
    """Return the keys that type a text of letters and spaces."""
    return ["space" if letter == " " else letter for letter in text]


async def as_it_opens(pilot: Pilot[None]) -> None:
    """Show the studio as it opens."""
    await seen(pilot, "★ · v")


async def streaming(pilot: Pilot[None]) -> None:
    """Show an answer being written."""
    await as_it_opens(pilot)
    await pilot.press(*keys("make it bolder"), "enter")
    await seen(pilot, "v5 · 4")


async def tree(pilot: Pilot[None]) -> None:
    """Show the branches, called up over the conversation where there is little room."""
    await as_it_opens(pilot)
    await pilot.press("tab", "j", "j")
    await pilot.pause(0.3)


async def diff(pilot: Pilot[None]) -> None:
    """Show what the last revision changed."""
    await as_it_opens(pilot)
    await pilot.press("escape", "d")
    await pilot.pause(0.8)


async def choose(pilot: Pilot[None]) -> None:
    """Show a change of the last revision that is refused."""
    await diff(pilot)
    await pilot.press("n", "space")
    await seen(pilot, "1 refused")


async def versions(pilot: Pilot[None]) -> None:
    """Show the versions of the piece."""
    await as_it_opens(pilot)
    await pilot.press("escape", "v")
    await seen(pilot, "4 versions")
    await pilot.press("j")
    await pilot.pause(0.3)


async def compare(pilot: Pilot[None]) -> None:
    """Show the drafts of two branches, with paragraphs of both chosen."""
    await as_it_opens(pilot)
    await pilot.press("escape", "equals_sign")
    await seen(pilot, "2 branches")
    await pilot.press("l", "space", "space", "h", "j", "space", "space")
    await seen(pilot, "4 paragraphs chosen")


async def three_ways(pilot: Pilot[None]) -> None:
    """Let Claude write on a third branch."""
    await as_it_opens(pilot)
    await pilot.press("escape", "f")
    await seen(pilot, "Make the branch")
    await pilot.press(*keys("shorter"), "enter")
    await seen(pilot, "shorter · v4")
    await pilot.press(*keys("make it shorter"), "enter")
    await seen(pilot, "shorter · v5")
    await pilot.pause(1.0)


async def compare_three(pilot: Pilot[None]) -> None:
    """Show the drafts of three branches in columns."""
    await three_ways(pilot)
    await pilot.press("tab", "g", "m")
    await pilot.press("G", "m", "h", "K", "m", "equals_sign")
    await seen(pilot, "3 branches")
    await pilot.pause(0.5)


async def folded_tree(pilot: Pilot[None]) -> None:
    """Show the branches with all but one folded."""
    await three_ways(pilot)
    await pilot.press("tab", "z")
    await pilot.pause(0.5)


async def whole_tree(pilot: Pilot[None]) -> None:
    """Show the branches on the whole screen, with the draft of a row."""
    await three_ways(pilot)
    await pilot.press("escape", "W")
    await seen(pilot, "2 Draft")
    await pilot.pause(0.8)


async def preview(pilot: Pilot[None]) -> None:
    """Show what the branch under the tree's cursor did to the text."""
    await tree(pilot)
    await pilot.press("3")
    await pilot.pause(0.8)


async def question(pilot: Pilot[None]) -> None:
    """Show Claude asking before it searches the web."""
    await as_it_opens(pilot)
    await pilot.press("escape", "escape", "j", "j", "j", "enter")
    await seen(pilot, "Backups, explained with bees ─")
    await pilot.press(*keys("look up on the web what bees do"), "enter")
    await seen(pilot, "answers: Claude asks")
    await pilot.press("ctrl+g")
    await seen(pilot, "Refuse and stop")
    await pilot.pause(0.6)


async def approve(pilot: Pilot[None]) -> None:
    """Show the text to be approved."""
    await as_it_opens(pilot)
    await pilot.press("escape", "a")
    await pilot.pause(0.5)


async def editor(pilot: Pilot[None]) -> None:
    """Show the editor, with a word looked for."""
    await as_it_opens(pilot)
    await pilot.press("escape", "e")
    await seen(pilot, "Save")
    await pilot.press("ctrl+f", *keys("unit"))
    await seen(pilot, "1 of 2")
    await pilot.pause(0.5)


async def best_form(pilot: Pilot[None]) -> None:
    """Show how a best of N begins, with two angles of the library's."""
    await as_it_opens(pilot)
    await pilot.press("escape", "B")
    await seen(pilot, "How many")
    await pilot.press(*keys("for our own blog"), "tab", "tab", *["down"] * 5, "tab", "tab")
    await pilot.press(*["down"] * 6)
    await pilot.pause(0.3)


async def best_of(pilot: Pilot[None]) -> None:
    """Show three ways at once, while they are written."""
    await best_form(pilot)
    await pilot.press("ctrl+s")
    await seen(pilot, " over", 40)
    await pilot.pause(0.4)


async def passage(pilot: Pilot[None]) -> None:
    """Show what Claude made of a passage, to be taken or refused."""
    await as_it_opens(pilot)
    await pilot.press("escape", "e")
    await seen(pilot, "Save")
    await pilot.press("down", "down", "f8", "f8", "f8", "ctrl+r")
    await seen(pilot, "What should change")
    await pilot.press(*keys("shorter, please"), "enter")
    await seen(pilot, "Refuse")
    await pilot.pause(0.3)


async def beside(pilot: Pilot[None]) -> None:
    """Show the editor with a preview beside the text, where there is room."""
    await as_it_opens(pilot)
    await pilot.press("escape", "e")
    await seen(pilot, "Save")
    await pilot.press("ctrl+end", "enter", "enter", *keys("The the end"), "f6")
    await seen(pilot, "to look at")
    await pilot.press("f7")
    await pilot.pause(0.8)


async def commands(pilot: Pilot[None]) -> None:
    """Show the command palette, called up from the empty prompt."""
    await as_it_opens(pilot)
    await pilot.press("slash")
    await seen(pilot, "Search for commands")
    await pilot.press(*keys("trash"))
    await seen(pilot, "Delete")
    await pilot.pause(0.3)


async def listed(pilot: Pilot[None]) -> None:
    """Show the list with the focus, where titles have more room."""
    await as_it_opens(pilot)
    await pilot.press("escape", "escape", "j")
    await pilot.pause(0.5)


PICTURES = (
    Picture("studio-80x24", (80, 24), as_it_opens),
    Picture("studio-120x36", (120, 36), streaming),
    Picture("studio-200x50", (200, 50), as_it_opens),
    Picture("branches-80x24", (80, 24), tree),
    Picture("whole-tree-120x36", (120, 36), whole_tree),
    Picture("diff-120x36", (120, 36), diff),
    Picture("choose-80x24", (80, 24), choose),
    Picture("versions-120x36", (120, 36), versions),
    Picture("compare-120x36", (120, 36), compare),
    Picture("preview-120x36", (120, 36), preview),
    Picture("best-of-120x36", (120, 36), best_of),
    Picture("approve-120x36", (120, 36), approve),
    Picture("editor-120x36", (120, 36), editor),
    Picture("passage-120x36", (120, 36), passage),
    Picture("beside-200x50", (200, 50), beside),
    Picture("question-120x36", (120, 36), question),
    Picture("commands-120x36", (120, 36), commands),
    Picture("list-80x24", (80, 24), listed),
    Picture("light-80x24", (80, 24), as_it_opens, theme="redraft-light"),
    Picture("light-120x36", (120, 36), listed, theme="redraft-light"),
    Picture("light-200x50", (200, 50), tree, theme="redraft-light"),
    Picture("light-compare-200x50", (200, 50), compare, theme="redraft-light"),
    Picture("light-versions-80x24", (80, 24), versions, theme="redraft-light"),
)


def to_png(svg: str) -> bytes:
    """Render Textual's SVG with an installed font, without asking the network for one."""
    svg = re.sub(r"@font-face\s*{.*?}", "", svg, flags=re.DOTALL)
    return bytes(resvg_py.svg_to_bytes(svg_string=svg.replace("Fira Code", FONT)))


SCENES: dict[str, Steps] = {
    "studio": as_it_opens,
    "list": listed,
    "tree": tree,
    "folded-tree": folded_tree,
    "whole-tree": whole_tree,
    "preview": preview,
    "versions": versions,
    "diff": diff,
    "choose": choose,
    "compare": compare,
    "compare-three": compare_three,
    "best-form": best_form,
    "best-of": best_of,
    "approve": approve,
    "editor": editor,
    "passage": passage,
    "beside": beside,
}
SIZES = ((80, 24), (120, 36), (200, 50))
THEMES = {"dark": "redraft-dark", "light": "redraft-light"}


def every_picture() -> list[Picture]:
    """Return every scene in every size and both themes."""
    return [
        Picture(f"{scene}-{shade}-{size[0]}x{size[1]}", size, steps, theme)
        for scene, steps in SCENES.items()
        for size in SIZES
        for shade, theme in THEMES.items()
    ]


async def take(picture: Picture, folder: Path, target: Path) -> None:
    """Take one picture of a demo of its own, and put it into `target`."""
    settings = Settings(library=folder / picture.name, theme=picture.theme)
    async with open_studio(settings, demo=True) as studio:
        app = RedraftApp(studio, settings, banner=DEMO_BANNER)
        async with app.run_test(size=picture.size, tooltips=False) as pilot:
            await picture.steps(pilot)
            svg = app.export_screenshot()
    (target / f"{picture.name}.png").write_bytes(to_png(svg))
    print(picture.name)


async def main() -> None:
    """Take the pictures of the README, or with a folder's name all there are."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder
        for picture in PICTURES if target == HERE else every_picture():
            await take(picture, Path(folder), target)


if __name__ == "__main__":
    asyncio.run(main())
