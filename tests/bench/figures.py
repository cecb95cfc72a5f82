"""The table: which figures there are, what each has to reach, and what the last run measured."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KEPT: Final = Path(__file__).with_name("figures.json")
WORSE: Final = 1.15
"""How many times as much as the last run counts as worse: the machine's own noise is below it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; the less, the better."""

    name: str
    words: str
    unit: str
    most: float | None = None
    """What it may be at most."""
    share: float | None = None
    """What it may be at most as a part of Claude Code's figure, or of another of Redraft's."""
    of: str = ""
    """Whose part `share` is; without a name, Claude Code's."""

    def limit(self, own: Mapping[str, float], claude: Mapping[str, float]) -> float | None:
        """Return the limit in units of the figure; None where there is nothing to compare with."""
        limits = [] if self.most is None else [self.most]
        reference = own.get(self.of) if self.of else claude.get(self.name)
        if self.share is not None and reference is not None:
            limits.append(self.share * reference)
        return min(limits, default=None)


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians by the name of the row."""

    own: dict[str, float]
    claude: dict[str, float]

    def limit(self, row: Row, before: "Measured") -> float | None:
        """Return the limit of a row; what was not measured now is taken from the run before."""
        return row.limit({**before.own, **self.own}, {**before.claude, **self.claude})

    def is_over(self, row: Row, before: "Measured") -> bool:
        """Whether a figure is measured and passes its limit."""
        limit = self.limit(row, before)
        return row.name in self.own and limit is not None and self.own[row.name] > limit


ROWS: Final = (
    Row("start", "Start until a typed letter is shown", "CPU s", share=0.9),
    Row(
        "settled",
        "… and 3 s after the answer to a first prompt, connecting included",
        "CPU s",
        most=1.5,
    ),
    Row("first bytes", "Bytes of the first still screen", "KB", most=30),
    Row("idle", "Idle, 10 pieces", "% of a core", most=0.7),
    Row("2,000 idle", "Idle, 2,000 pieces", "% of a core", most=0.7),
    Row("2,000 start", "2,000 pieces: start", "CPU s", share=1.15, of="start"),
    Row("2,000 list", "2,000 pieces: `redraft list`", "CPU s", most=0.35),
    Row("paste", "5 MB pasted, until shown", "s", most=1.0),
    Row("paste key", "A key after that", "ms", most=15),
    Row("key p50", "Key → paint, idle, p50", "ms", most=4),
    Row("key p95", "Key → paint, idle, p95", "ms", most=9),
    Row("key cpu", "CPU of a key", "ms", most=6),
    Row("stream key p50", "Key → paint while 200 deltas/s stream, p50", "ms", most=6),
    Row("stream key p95", "Key → paint while 200 deltas/s stream, p95", "ms", most=30),
    Row("stream cpu", "100 KB of Markdown at 200 deltas/s", "CPU s", share=0.9),
    Row("stream behind", "… its last word behind the server's", "s", most=0.15),
    Row("stream bytes", "… bytes written", "MB", most=0.9),
    Row("full speed", "100 KB at full speed: last word behind", "s", most=0.3),
    Row(
        "reopen",
        "500 turns open: start until a typed letter is shown",
        "CPU s",
        share=0.8,
    ),
    Row("reopen idle", "… and until it is idle again", "CPU s", most=1.5),
    Row("memory", "Memory after the streams, without the CLI", "MB", most=95),
    Row("10,000 start", "10,000 pieces: start", "CPU s", share=1.15, of="start"),
    Row("10,000 key", "10,000 pieces: a key in the list", "ms", most=12),
    Row("10,000 filter", "10,000 pieces: a letter in the filter", "CPU ms", most=40),
    Row("tree open", "Tree of 10,000 turns: another branch", "CPU ms", most=100),
    Row("tree key", "Tree of 10,000 turns: a key", "CPU ms", most=12),
    Row("tree fold", "Tree of 10,000 turns: a fold", "CPU ms", most=40),
    Row("save", "Saving a turn with 1,000 pieces, to 10 pieces", "×", most=1.2),
    Row("save long", "Saving a turn in a piece of 500 turns, to one of 10", "×", most=1.2),
    Row("diff", "Diff of two versions of 5,000 words", "ms", most=60),
)


def table(now: Measured, before: Measured) -> list[str]:
    """Return the lines of a Markdown table of what was measured."""
    lines = [
        "| | unit | Claude Code | Redraft | ratio | must reach | |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in ROWS:
        own, claude = now.own.get(row.name), now.claude.get(row.name)
        if own is None and claude is None:
            continue
        limit = now.limit(row, before)
        ratio = own / claude if own is not None and claude else None
        verdict = "" if limit is None else "**no**" if now.is_over(row, before) else "yes"
        limit_words = "–" if limit is None else f"≤ {_number(limit)}"
        if row.share is not None:
            limit_words += f" ({row.share:g} × {row.of or 'Claude Code'})"
        cells = (row.words, row.unit, _number(claude), _number(own), _number(ratio), limit_words)
        lines.append(f"| {' | '.join(cells)} | {verdict} |")
    worse = list(_worse(now, before))
    return [*lines, *(["", "Worse than the last run:", *worse] if worse else [])]


def last_run() -> Measured:
    """Return what the last run kept; nothing before the first one."""
    if not KEPT.exists():
        return Measured({}, {})
    kept = json.loads(KEPT.read_text())
    return Measured(kept["redraft"], kept["claude"])


def keep(now: Measured, before: Measured) -> None:
    """Keep what was measured for the next run; rows that were left out stay as they were."""
    both = {
        "redraft": {**before.own, **_rounded(now.own)},
        "claude": {**before.claude, **_rounded(now.claude)},
    }
    KEPT.write_text(json.dumps(both, indent=1, sort_keys=True) + "\n")


def _worse(now: Measured, before: Measured) -> list[str]:
    """Return a line for every figure that is worse, Claude Code's taken as the measure of the day.

    Where both programs were measured both times, a slower machine slows down both.
    """
    lines = []
    for row in ROWS:
        new, old = now.own.get(row.name), before.own.get(row.name)
        if new is None or not old:
            continue
        today, then = now.claude.get(row.name), before.claude.get(row.name)
        times = new / old / (today / then if today and then else 1)
        if times > WORSE:
            lines.append(f"* {row.words}: {_number(new)} {row.unit}, {times:.2f} times as much")
    return lines


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.4g}") for name, value in figures.items()}


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}" if value < 100 else f"{value:.0f}"
