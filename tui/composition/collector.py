"""How often Python looks for garbage while the studio runs."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

THRESHOLDS: Final = (50_000, 20, 50)
"""Objects made between two looks at the young ones, and looks between those at older ones.

Python's own 700 (2,000 since 3.12), 10 and 10 have it walk through the whole screen, which is one
big cycle, in the midst of every few keys: one key in twenty took 85 ms in the editor, and takes 38
(`bench_editor`).
"""


@contextmanager
def eased_collection() -> Iterator[None]:
    """Look for garbage seldom in here."""
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def keep_what_is_there() -> None:
    """Never look again through what has been made so far, such as modules: it stays to the end."""
    gc.freeze()
