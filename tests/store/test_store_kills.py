"""Whatever was acknowledged outlives `kill -9` at any moment."""

from pathlib import Path

import pytest

from tests.store.killing import kill_again_and_again


@pytest.mark.parametrize("is_long", [False, True], ids=["whole saves", "appended saves"])
def test_twenty_kills_lose_nothing(folder: Path, is_long: bool) -> None:
    toll = kill_again_and_again(folder, 20, is_long=is_long)
    assert toll.kills == 20
    assert toll.acknowledged > 20
    assert (toll.lost, toll.unreadable, toll.problems) == (0, 0, 0)
