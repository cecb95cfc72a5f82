"""Keys that are kept waiting for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from tui.widgets.typeahead import TypeAheadApp


@contextmanager
def keys_held(app: TypeAheadApp) -> Iterator[None]:
    """Keep keys waiting in here."""
    hold = app.hold_keys()
    try:
        yield
    finally:
        hold.release()
