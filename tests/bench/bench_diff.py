"""How long a comparison of two long versions takes: `python -m tests.bench.bench_diff`.

The two texts have 5,000 words in 72 paragraphs. Best of seven, in milliseconds; the bound is 60.
"""

import random
import sys
import time
from collections.abc import Callable
from typing import Final

from tui.domain.diff import compare
from tui.domain.lineup import lined_up

BOUND: Final = 60.0


def texts() -> tuple[str, str, str]:
    """Return a text, one that differs in every paragraph, and one that differs in two."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghij", k=chance.randint(2, 8))) for _ in range(800)]
    first = [chance.choices(words, k=70) for _ in range(72)]
    second = []
    for paragraph in first:
        changed = [*paragraph]
        for _ in range(4):
            changed[chance.randrange(len(changed))] = "other"
        second.append(changed)
    second.insert(3, second.pop(40))
    third = [second[n] if n in (10, 50) else paragraph for n, paragraph in enumerate(first)]
    one, other, near = ("\n\n".join(map(" ".join, text)) for text in (first, second, third))
    return one, other, near


def milliseconds(work: Callable[[], object]) -> float:
    """Return the least time of seven."""
    times = []
    for _ in range(7):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times) * 1000


def main() -> int:
    """Print the times; 1 when a bound is passed."""
    one, other, near = texts()
    measured = {
        "every paragraph changed": milliseconds(lambda: compare(one, other)),
        "two paragraphs changed": milliseconds(lambda: compare(one, near)),
        "three drafts lined up": milliseconds(lambda: lined_up([one, other, near])),
    }
    for name, took in measured.items():
        sys.stdout.write(f"{name:<26} {took:6.1f} ms\n")
    return 1 if max(measured.values()) > BOUND else 0


if __name__ == "__main__":
    sys.exit(main())
