"""Python's garbage collector while the studio runs: fewer collections, so that no key waits."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

THRESHOLDS: Final = (50_000, 20, 50)
"""The arguments of `gc.set_threshold`.

With Python's own, 700 (2,000 since 3.12), 10 and 10, a collection walks through the whole screen,
which is one big cycle, every few keys. In the editor the slowest keys, one in twenty, took 85 ms,
and take 38 ms with these (`bench_editor`).
"""


@contextmanager
def eased_collection() -> Iterator[None]:
    """Collect garbage rarely during the `with` block."""
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def keep_what_is_there() -> None:
    """Exempt what has been made so far, such as modules, from collection: it stays to the end."""
    gc.freeze()
