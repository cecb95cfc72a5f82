"""Whatever was acknowledged outlives `kill -9` at any moment."""

from pathlib import Path

from tests.store.killing import kill_again_and_again


def test_thirty_kills_lose_nothing(folder: Path) -> None:
    toll = kill_again_and_again(folder, 30)
    assert toll.kills == 30
    assert toll.acknowledged > 30
    assert (toll.lost, toll.unreadable, toll.problems) == (0, 0, 0)
