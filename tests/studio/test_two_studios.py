"""Two studios and a command line on one library, at random, on a disk that fails: nothing is lost.

More seeds: `python -m tests.bench.bench_two_studios --seeds 2000`.
"""

from pathlib import Path

import pytest

from tests.studio.crowd.play import play


@pytest.mark.parametrize("seed", range(25))
def test_whatever_two_studios_do_at_once_nothing_acknowledged_is_lost(
    seed: int, tmp_path: Path
) -> None:
    score = play(seed, tmp_path)
    assert score.wrong == []
    assert score.done
