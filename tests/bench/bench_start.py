"""Start to first frame: the studio against a bare Textual app, in a real terminal, in turns.

Run it by hand: `python -m tests.bench.bench_start [RUNS]`. It prints the medians and their ratio.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.support.terminal import Terminal

ROOT = Path(__file__).parents[2]
BARE = (
    "from textual.app import App\n"
    "from textual.widgets import Static\n"
    "class Bare(App):\n"
    "    def compose(self):\n"
    "        yield Static('Contents')\n"
    "Bare().run()\n"
)


def first_frame(command: list[str], environment: dict[str, str]) -> float:
    """Return the seconds from the start of a program to its first frame."""
    begun = time.perf_counter()
    with Terminal(command, env=environment, cwd=ROOT) as terminal:
        terminal.wait_for("Contents", timeout=30)
        taken = time.perf_counter() - begun
        terminal.press("ctrl+q")
        terminal.wait_exit(20)
    return taken


def main(runs: int) -> None:
    """Measure both in turns, so that a slow moment of the machine meets both."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "TERM": "xterm-256color",
            "XDG_DATA_HOME": f"{folder}/data",
            "XDG_CONFIG_HOME": f"{folder}/config",
            "XDG_STATE_HOME": f"{folder}/state",
        }
        commands = {
            "bare": [sys.executable, "-c", BARE],
            "redraft": [sys.executable, "-m", "tui", "--demo"],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs + 1):
            for name, command in commands.items():
                taken[name].append(first_frame(command, environment))
    medians = {name: statistics.median(times[1:]) for name, times in taken.items()}
    for name, median in medians.items():
        sys.stdout.write(f"{name:8} {median * 1000:6.0f} ms\n")
    sys.stdout.write(f"ratio    {medians['redraft'] / medians['bare']:6.2f}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
