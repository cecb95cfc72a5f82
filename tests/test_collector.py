"""Garbage is looked for seldom while the studio runs, and still found."""

import gc
import weakref

import pytest

from tui.__main__ import main
from tui.composition.collector import THRESHOLDS, eased_collection, keep_what_is_there


class _Cycle:
    def __init__(self) -> None:
        self.itself = self


def test_garbage_is_looked_for_seldom_and_still_found() -> None:
    before = gc.get_threshold()
    with eased_collection():
        keep_what_is_there()
        kept = gc.get_freeze_count()
        lost = weakref.ref(_Cycle())
        _ = [_Cycle() for _ in range(1_000)]
        assert lost() is not None
        _ = [_Cycle() for _ in range(60_000)]
        assert lost() is None
        assert gc.get_freeze_count() == kept > 0
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_the_command_already_begins_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.cli.main", lambda: gc.get_threshold()[0])
    assert main() == THRESHOLDS[0] != gc.get_threshold()[0]
