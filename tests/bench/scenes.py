"""What is done in a terminal to get the figures of the table, one scene after the other.

A scene returns figures by their names in `tests.bench.figures`. Seconds, milliseconds, bytes and
megabytes; `share` is per cent of one core.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Final

from tests.bench.answering import ANSWERED, LAST
from tests.bench.watched import RARE, Watched
from tests.bench.worlds import ALTERNATE, World

Opens = Callable[[], AbstractContextManager[Watched]]
"""Starts one of the two programs in a terminal."""
Figures = dict[str, float]

SETTLES: Final = 3.0
"""Seconds after the first echo in which a program may still be starting."""
IDLES: Final = 15.0
"""Seconds over which an idle program is watched, `CALMS_DOWN` after its first screen."""
CALMS_DOWN: Final = 12.0
CALM: Final = 0.03
"""Share of a core under which a program counts as idle again."""
_LINES: Final = ["x" * (60 + (number % 4 > 0)) for number in range(80_999)]
PASTED: Final = "\r".join([*_LINES, f"the end {LAST[0]}"])
"""5.0 MB in 81,000 lines."""
FOLDED: Final = b"lines|" + LAST[0].encode()
KEY_GAP: Final = 0.06
FRAME_ENDS: Final = rb"\x1b\[\?2026l"
SHIFT_TAB: Final = "\x1b[Z"
FILTER: Final = "piece 77"
LOOKS: Final = 2.0
"""Seconds between looks whether a program is idle."""


def echoes(program: Watched) -> float:
    """Type a letter as soon as there is a screen; return the CPU seconds until it is shown."""
    program.waits_for(ALTERNATE)
    since = len(program.chunks)
    program.type(RARE[0])
    program.waits_for(RARE[0], since)
    return program.cpu


def starts(opens: Opens) -> Figures:
    """Start with a piece open, type, and send what was typed."""
    with opens() as program:
        started = echoes(program)
        since = len(program.chunks)
        program.type("\r")
        program.waits_for(ANSWERED, since)
        time.sleep(SETTLES)
        return {"start": started, "settled": program.cpu}


def idles(opens: Opens) -> Figures:
    """Start, touch nothing, and wait until nothing is due any more."""
    with opens() as program:
        program.waits_for(ALTERNATE)
        program.draws()
        program.rests()
        first = program.written
        time.sleep(CALMS_DOWN)
        before, began, written = program.cpu, time.monotonic(), program.written
        time.sleep(IDLES)
        share = (program.cpu - before) / (time.monotonic() - began) * 100
        return {
            "first bytes": first / 1000,
            "idle": share,
            "idle bytes": (program.written - written) / IDLES,
        }


def types(opens: Opens) -> Figures:
    """Type letters one by one into a program at rest."""
    with opens() as program:
        echoes(program)
        time.sleep(2 * SETTLES)
        times = list(_letters(program))
        program.type("\x7f" * len(times))
        program.rests()
        before = program.cpu
        times += _letters(program)
        spent = (program.cpu - before) / (len(times) / 2) * 1000
    return {"key p50": _p(times, 50), "key p95": _p(times, 95), "key cpu": spent}


def pastes(opens: Opens) -> Figures:
    """Paste 5 MB into the prompt, then type a letter."""
    with opens() as program:
        echoes(program)
        time.sleep(SETTLES)
        since = len(program.chunks)
        began = program.type(f"\x1b[200~{PASTED}\x1b[201~")
        shown = program.waits_for(FOLDED, since, 120)
        program.rests(patience=120)
        since = len(program.chunks)
        typed = program.type(RARE[1])
        return {
            "paste": shown - began,
            "paste key": (program.waits_for(RARE[1], since) - typed) * 1000,
        }


def streams(opens: Opens, world: World) -> Figures:
    """Have Markdown written at 200 deltas a second, again with keys, and at full speed."""
    with opens() as program:
        echoes(program)
        program.type("\x7f")
        time.sleep(SETTLES)
        cpu, written = program.cpu, program.written
        late = _answered(program, world, "size=100 rate=200", 0)
        found = {"stream behind": late, "stream cpu": program.cpu - cpu}
        found["stream bytes"] = (program.written - written) / 1e6
        program.type("size=40 rate=200 end=1\r")
        time.sleep(1.0)
        times = list(_letters(program))
        world.server.last_word()
        found["stream key p50"], found["stream key p95"] = _p(times, 50), _p(times, 95)
        program.rests(patience=30)
        program.type("\x7f" * len(times))
        program.rests()
        found["full speed"] = _answered(program, world, "size=100 rate=0", 2)
        time.sleep(SETTLES)
        return {**found, "memory": program.memory}


def reopens(opens: Opens) -> Figures:
    """Start where a conversation of 500 turns is open, and wait until it is idle."""
    with opens() as program:
        typed = echoes(program)
        spent = program.cpu
        while True:
            time.sleep(LOOKS)
            now = program.cpu
            if now - spent < CALM * LOOKS:
                return {"reopen": typed, "reopen idle": spent, "reopen bytes": program.written}
            spent = now


def searches_the_list(opens: Opens) -> Figures:
    """Start with a long list, go down it, and filter it."""
    with opens() as program:
        found = {"10,000 start": echoes(program)}
        time.sleep(SETTLES)
        for key in ("\x7f", SHIFT_TAB, SHIFT_TAB):
            program.type(key)
            program.rests()
        times = []
        for _ in range(30):
            since = len(program.chunks)
            typed = program.type("j")
            times.append((program.waits_for(FRAME_ENDS, since) - typed) * 1000)
            time.sleep(KEY_GAP)
        found["10,000 key"] = _p(times, 50)
        program.type("/")
        program.rests()
        costs = []
        for letter in FILTER:
            before = program.cpu
            program.type(letter)
            program.rests()
            costs.append((program.cpu - before) * 1000)
        return {**found, "10,000 filter": statistics.mean(costs)}


def _answered(program: Watched, world: World, plan: str, end: int) -> float:
    """Send a prompt; return how many seconds after it was sent the last word was shown."""
    since = len(program.chunks)
    program.type(f"{plan} end={end}")
    program.rests()
    program.type("\r")
    shown = program.waits_for(LAST[end], since, 150)
    last = world.server.last_word()
    program.rests(patience=30)
    return shown - last


def _letters(program: Watched) -> Iterator[float]:
    """Type letters with a rest after each; yield the milliseconds until each is written."""
    for letter in RARE:
        since = len(program.chunks)
        typed = program.type(letter)
        yield (program.waits_for(letter, since) - typed) * 1000
        time.sleep(KEY_GAP)


def _p(times: list[float], share: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[share - 1]
