"""What the chat pane costs: streaming late against early, and 500 turns against 5.

Run it by hand: `python tests/bench/bench_chat.py`. It prints CPU times and their ratios, and
ends with 1 when a ratio is over its limit.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from time import perf_counter, process_time

from textual.app import App, ComposeResult

from tui.widgets.chat import ChatItem, ChatPane, Role

KIB = 1024
CHUNK = 64
STREAM_LIMIT = 1.5
MOUNT_LIMIT = 2.0
MOUNTS = 6
"""How often a conversation is opened; the quickest counts."""

SENTENCE = "The *quick* brown fox jumps over `lazy` dogs and **keeps** running through the town. "
SOURCES = {
    "prose": (SENTENCE * 6).strip() + "\n\n",
    "lists": "".join(f"- {SENTENCE.strip()}\n" for _ in range(6)),
    "fence": "    value = compute(1, 'two')  # a comment\n",
    "paragraph": SENTENCE,
}


class Bench(App[None]):
    """Nothing but the pane."""

    def compose(self) -> ComposeResult:
        yield ChatPane()


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def document(kind: str, size: int) -> str:
    """Make a body of `size` characters."""
    start = "```python\n" if kind == "fence" else ""
    unit = SOURCES[kind]
    return (start + unit * (size // len(unit) + 1))[:size]


async def stream(pane: ChatPane, text: str, start: int, end: int) -> float:
    """Stream from character `start` to `end` as at 20 redraws a second; CPU seconds per KB."""
    pane.show([ChatItem("a", 1, Role.CLAUDE, "Claude", text[:start], True)])
    await asyncio.sleep(0.2)
    gc.collect()
    spent = 0.0
    for position in range(start, end, CHUNK):
        begun = process_time()
        item = ChatItem("a", 1, Role.CLAUDE, "Claude", text[: position + CHUNK], True)
        pane.update_from(1, [item])
        pane._flush()
        for row in range(pane.size.height):
            pane.render_line(row)
        spent += process_time() - begun
    return spent / ((end - start) / KIB)


async def mount(turns: int) -> float:
    """CPU seconds from an empty pane to the first drawn picture of a conversation."""
    items = []
    for turn in range(1, turns + 1):
        items.append(ChatItem(f"y{turn}", turn, Role.YOU, "You · revise", SENTENCE))
        items.append(ChatItem(f"c{turn}", turn, Role.CLAUDE, "Claude", SOURCES["prose"] * 4))
        items.append(ChatItem(f"d{turn}", turn, Role.DRAFT, f"v{turn}", SOURCES["lists"] * 3))
    app = Bench()
    async with app.run_test(size=(120, 40)) as pilot:
        pane = app.query_one(ChatPane)
        await pilot.pause()
        spent = float("inf")
        for _ in range(MOUNTS):
            pane.show([])
            await pilot.pause()
            gc.collect()
            begun = process_time()
            pane.show(items)
            for row in range(pane.size.height):
                pane.render_line(row)
            spent = min(spent, process_time() - begun)
        begun_wall = perf_counter()
        while not pane._column.is_measured:
            await pilot.pause(0.02)
        say(f"  {turns:4} turns: all measured after {perf_counter() - begun_wall:5.1f} s idle")
    return spent


async def main() -> int:
    """Print all figures; 1 when one is over its limit."""
    failed = False
    app = Bench()
    async with app.run_test(size=(120, 40)) as pilot:
        pane = app.query_one(ChatPane)
        await pilot.pause()
        for kind in SOURCES:
            text = document(kind, 105 * KIB)
            await stream(pane, text, 0, 4 * KIB)
            early = min([await stream(pane, text, 1 * KIB, 9 * KIB) for _ in range(3)])
            late = min([await stream(pane, text, 96 * KIB, 104 * KIB) for _ in range(3)])
            ratio = late / early
            failed |= ratio > STREAM_LIMIT
            say(
                f"stream {kind:10} {early * 1000:6.1f} ms/KB at 5 KB, "
                f"{late * 1000:6.1f} ms/KB at 100 KB: ratio {ratio:.2f}"
            )
    few, many = await mount(5), await mount(500)
    ratio = many / few
    failed |= ratio > MOUNT_LIMIT
    say(f"mount  5 turns {few * 1000:.1f} ms, 500 turns {many * 1000:.1f} ms: ratio {ratio:.2f}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
