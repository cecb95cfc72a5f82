"""What a key costs beyond Textual's own: in the prompt and in a pane of the main screen.

Run it by hand: `python -m tests.bench.bench_keys`. It prints CPU milliseconds per key, typed one
after the other as by hand and in one burst, for a bare Textual app and for the main screen, and
ends with 1 when a key costs more than the limit on top.
"""

import asyncio
import sys
from collections.abc import Callable, Sequence
from time import process_time
from typing import Final

from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import OptionList, TextArea

from tests.support.driver import at_the_desk

LIMIT: Final = 0.6
"""Milliseconds of CPU that a key may cost beyond Textual's own."""
KEYS: Final = 240
ROUNDS: Final = 3
"""How often everything is measured; the quickest counts."""
SIZE: Final = (120, 36)
PROSE: Final = "the quick brown fox jumps over the lazy dog "
BLANK: Final = 40
"""Keys between two clearings of the field, so that its text stays short."""


class Field(App[None]):
    """Nothing but a text field."""

    def compose(self) -> ComposeResult:
        yield TextArea(soft_wrap=True, compact=True)


class Pane(App[None]):
    """Nothing but a list."""

    def compose(self) -> ComposeResult:
        yield OptionList(*[f"Row {number}" for number in range(30)])


async def spent(
    app: App[None], pilot: Pilot[None], keys: Sequence[str], clear: Callable[[], object], gap: bool
) -> float:
    """CPU milliseconds per key; with a gap each key is drawn before the next one comes."""
    best = float("inf")
    for _ in range(ROUNDS):
        total = 0.0
        for start in range(0, KEYS, BLANK):
            clear()
            await pilot.pause()
            begun = process_time()
            for index in range(start, start + BLANK):
                key = keys[index % len(keys)]
                app.post_message(events.Key("space" if key == " " else key, key[:1]))
                if gap:
                    await asyncio.sleep(0.02)
            read = asyncio.Event()
            app.call_later(read.set)
            await read.wait()
            await pilot.pause()
            total += process_time() - begun
        best = min(best, total * 1000 / KEYS)
    return best


async def bare(app: App[None], keys: Sequence[str]) -> tuple[float, float]:
    """What keys cost in an app with one widget: by hand, in a burst."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()

        def clear() -> None:
            for field in app.query(TextArea):
                field.text = ""

        return (
            await spent(app, pilot, keys, clear, gap=True),
            await spent(app, pilot, keys, clear, gap=False),
        )


async def main_screen(keys: Sequence[str], *, in_prompt: bool) -> tuple[float, float]:
    """What keys cost on the main screen: by hand, in a burst."""
    async with at_the_desk(size=SIZE) as user:
        await user.begins("A piece", "about keys")
        await user.sees("v1")
        app = user.app
        field = app.screen.query_one("#prompt", TextArea)
        (field if in_prompt else app.screen.query_one("#list")).focus()
        await user.pilot.pause()
        costs = (
            await spent(app, user.pilot, keys, lambda: field.load_text(""), gap=True),
            await spent(app, user.pilot, keys, lambda: field.load_text(""), gap=False),
        )
        field.load_text("")
        return costs


async def main() -> int:
    """Print all figures; 1 when one is over its limit."""
    failed = False
    for name, keys, app, in_prompt in (
        ("field", PROSE, Field(), True),
        ("pane", ("down", "up"), Pane(), False),
    ):
        own = await bare(app, keys)
        ours = await main_screen(keys, in_prompt=in_prompt)
        for how, before, after in zip(("by hand", "burst"), own, ours, strict=True):
            failed |= after - before > LIMIT
            sys.stdout.write(
                f"{name:6} {how:8} Textual {before:5.2f} ms, main screen {after:5.2f} ms a key: "
                f"{after - before:+.2f} ms\n"
            )
            sys.stdout.flush()
    return int(failed)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
