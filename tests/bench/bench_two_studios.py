"""Plays many seeds of `tests/studio/test_two_studios.py` and prints what was wrong in any.

`python -m tests.bench.bench_two_studios [--seeds N] [--first N]`
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.studio.crowd.play import play


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Play the seeds; return 1 when something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    chosen = parser.parse_args()
    begun, done, refused, failed, faults, bad = time.process_time(), 0, 0, 0, 0, 0
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        with tempfile.TemporaryDirectory() as folder:
            score = play(seed, Path(folder))
        done, refused = done + score.done, refused + score.refused
        failed, faults = failed + score.failed, faults + score.faults
        bad += bool(score.wrong)
        for said in score.wrong:
            say(f"seed {seed}: {said}")
    say(
        f"{chosen.seeds} seeds, {bad} wrong: {done} operations done, {refused} refused, {failed} "
        f"failed, {faults} calls to the disk failed; {time.process_time() - begun:.0f} s of CPU"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
