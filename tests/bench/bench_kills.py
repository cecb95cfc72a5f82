"""Kills the whole studio: `python -m tests.bench.bench_kills [--kills 40] [--seed N]`.

The real studio in a terminal, real CLI, loopback API; SIGKILL at random moments of four kinds.
After each kill the studio starts again on the same library: every turn that had ended is what it
was, what was typed more than a second before is back, the next turn tells Claude the right
history, and no process of the killed one is left after 30 s. Ends with 1 when anything is wrong.

Without `--keys` the words are typed far faster than by any hand (a fast one makes 15 keys a
second). The promised second counts from the moment the program has read a word: while others have
the processor, the kernel keeps what is typed. What is lost is printed from that moment, and beside
it from the moment the word was typed.
"""

import argparse
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.pty_desk import Desk, Ended, Living, desk_in, is_answered, sent_for, wrong_turn
from tests.bench.pty_hands import (
    TIMEOUT,
    Reads,
    Words,
    begins,
    creates_the_piece,
    is_idle,
    notes_what_is_read,
    numbers_in,
    opens_the_dialog,
    opens_the_editor,
    rests,
    saves_the_edit,
    sees_one_of,
    sends,
    types_for,
)
from tests.bench.soak_world import mark_of, marks_in
from tests.support.terminal import Terminal
from tui.domain.content import Content
from tui.domain.ids import ContentId

WORDS_PER_SECOND: Final = 60.0
COLUMNS: Final = 78
"""Less than 80: only one pane shows, and what is read is the chat."""
PROMISED: Final = 1.0
"""Seconds before a kill from which on something may be lost."""
SLACK: Final = 1.0
"""Seconds that a slow machine may take on top; what is really lost is printed."""
ALL_GONE_WITHIN: Final = 30.0
Contents = dict[ContentId, Content]


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass(slots=True)
class Killed:
    """One kill, and what came of it."""

    kind: str
    number: int
    keys_per_second: float
    """How fast words are typed; 0 for never resting."""
    died: float = 0.0
    words: Words = field(default_factory=list)
    """What was typed."""
    arrived: list[tuple[float, int]] = field(default_factory=list)
    """When how many words of the answer had been seen on the screen."""
    reads: Reads = field(default_factory=list)
    """When how many words of them had been read."""
    lost: float = 0.0
    """Seconds before the kill in which the oldest thing was read that did not come back."""
    lost_typed: float = 0.0
    """The same from the moment it was typed."""
    gone: float = 0.0
    """Seconds after the kill at which the last process had ended."""
    left: int = 0
    """Processes that had to end after the kill."""
    wrong: list[str] = field(default_factory=list)

    @property
    def sent(self) -> str:
        """The mark of the prompt that was being answered."""
        return mark_of(2 * self.number)

    @property
    def next(self) -> str:
        """The mark of the next prompt."""
        return mark_of(2 * self.number + 1)

    @property
    def prefix(self) -> str:
        """What every word typed here begins with."""
        return f"k{self.number}w"


class Bench:
    """A desk at which the studio is killed again and again."""

    def __init__(self, desk: Desk, seed: int, keys_per_second: float) -> None:
        self._desk = desk
        self._keys_per_second = keys_per_second
        self._chance = random.Random(seed)
        self._ended = Ended({})
        self._watching = ThreadPoolExecutor(1)
        self._terminal = desk.opened()

    def begin(self) -> None:
        """Start the first piece, with a draft."""
        begins(self._terminal, "On lamps", f"what lamps are for {mark_of(1)}")
        self._ends(mark_of(1))

    @property
    def ended(self) -> int:
        """How many turns have ended."""
        return len(self._ended.turns)

    def close(self) -> int:
        """Leave the studio as a person does; return its exit code."""
        self._terminal.press("ctrl+q")
        return self._terminal.wait_exit(TIMEOUT)

    def kill(self, kind: str, number: int) -> Killed:
        """Bring the studio to a moment, kill it, start it again and look at everything."""
        killed = Killed(kind, number, self._keys_per_second)
        KINDS[kind].comes(self._terminal, self._desk, self._chance, killed)
        studio = self._terminal.process.pid
        processes = self._desk.processes(studio)
        if killed.reads:
            notes_what_is_read(self._terminal, killed.words, killed.reads)
        os.kill(studio, signal.SIGKILL)
        killed.died = time.monotonic()
        killed.left = len(processes) - 1
        ends = self._watching.submit(_gone, processes, killed.died)
        self._terminal.process.wait(10)
        self._terminal.hang_up()
        self._terminal = self._desk.opened()
        try:
            self._look(killed)
        except AssertionError as problem:
            killed.wrong.append(str(problem))
        self._count_processes(killed, ends)
        return killed

    def _look(self, killed: Killed) -> None:
        self._terminal.wait_for(is_idle, TIMEOUT)
        KINDS[killed.kind].goes_on(self._terminal, killed)
        self._ends(killed.next)
        contents = self._desk.contents()
        killed.wrong += wrong_turn(self._desk, killed.next, contents)
        killed.wrong += self._ended.wrong_in(contents)
        killed.wrong += _lost(killed, contents)

    def _ends(self, mark: str) -> None:
        self._terminal.wait_until(is_answered(self._desk, mark), TIMEOUT)
        self._terminal.wait_for(is_idle, TIMEOUT)

    def _count_processes(self, killed: Killed, ends: Future[float | None]) -> None:
        gone = ends.result()
        killed.gone = ALL_GONE_WITHIN if gone is None else gone
        strays = self._desk.strays(self._terminal.process.pid)
        if gone is None:
            killed.wrong.append(f"processes are left after {ALL_GONE_WITHIN:.0f} s")
        elif strays:
            killed.wrong.append(f"processes that nobody owns: {strays}")


def _gone(processes: set[Living], since: float) -> float | None:
    """Return the seconds after the kill at which all had ended; None when it takes too long."""
    while any(process.lives for process in processes):
        if time.monotonic() > since + ALL_GONE_WITHIN:
            return None
        time.sleep(0.1)
    return time.monotonic() - since


# What is done up to the kill.


def _streams(terminal: Terminal, desk: Desk, chance: random.Random, killed: Killed) -> None:
    killed.words = [(time.monotonic(), killed.sent)]
    sends(terminal, f"make it bolder {killed.sent}")
    until = time.monotonic() + chance.uniform(0.0, 8.0)
    while time.monotonic() < until and not is_answered(desk, killed.sent)():
        rests(terminal, 0.05)
        for answer in [sent.answer for sent in sent_for(desk, killed.sent)][-1:]:
            seen = numbers_in(terminal.text, _prefix_of(answer))[:-1]  # The last may not be whole.
            killed.arrived += [(time.monotonic(), max(seen))] if seen else []


def _prefix_of(answer: str) -> str:
    found = re.search(r"a\d+w", answer)
    assert found is not None
    return found[0]


def _types_a_prompt(terminal: Terminal, _: Desk, chance: random.Random, killed: Killed) -> None:
    killed.words = types_for(
        terminal, chance.uniform(0.2, 5.0), killed.prefix, killed.reads, killed.keys_per_second
    )


def _edits(terminal: Terminal, _: Desk, chance: random.Random, killed: Killed) -> None:
    opens_the_editor(terminal)
    killed.words = types_for(
        terminal, chance.uniform(0.2, 5.0), killed.prefix, killed.reads, killed.keys_per_second
    )


def _fills_in(terminal: Terminal, _: Desk, chance: random.Random, killed: Killed) -> None:
    opens_the_dialog(terminal)
    terminal.type(f"Piece {killed.number}")
    terminal.press("tab", "tab")
    killed.words = types_for(
        terminal, chance.uniform(0.2, 5.0), killed.prefix, killed.reads, killed.keys_per_second
    )


# What is done after the new start, up to the next prompt.


def _asks_on(terminal: Terminal, killed: Killed) -> None:
    sends(terminal, f"go on {killed.next}")


def _asks_what_was_typed(terminal: Terminal, killed: Killed) -> None:
    sees_one_of(terminal, _any_due(killed))
    _asks_on(terminal, killed)


def _saves_the_edit(terminal: Terminal, killed: Killed) -> None:
    opens_the_editor(terminal)
    sees_one_of(terminal, _any_due(killed))
    saves_the_edit(terminal)
    _asks_on(terminal, killed)


def _creates_the_piece(terminal: Terminal, killed: Killed) -> None:
    opens_the_dialog(terminal)
    sees_one_of(terminal, _any_due(killed))
    if f"Piece {killed.number}" not in terminal.text:
        assert not _due(killed), "the title did not come back"
        terminal.type(f"Piece {killed.number}")
    creates_the_piece(terminal, killed.next)


def _any_due(killed: Killed) -> list[str]:
    """Return all that was typed if some of that must be back; of a long text the end is in view."""
    return [word for _, word in killed.words] if _due(killed) else []


def _due(killed: Killed) -> list[str]:
    return [word for at, word in killed.words if at < killed.died - PROMISED - SLACK]


@dataclass(frozen=True, slots=True)
class Kind:
    """A moment at which the studio is killed."""

    comes: Callable[[Terminal, Desk, random.Random, Killed], None]
    """Brings the studio to the moment, and notes what must come back."""
    goes_on: Callable[[Terminal, Killed], None]
    """Takes up what came back, and sends the next prompt."""


KINDS: Final = {
    "streaming": Kind(_streams, _asks_on),
    "prompt": Kind(_types_a_prompt, _asks_what_was_typed),
    "editor": Kind(_edits, _saves_the_edit),
    "dialog": Kind(_fills_in, _creates_the_piece),
}


# What must hold.


def _lost(killed: Killed, contents: Contents) -> Iterator[str]:
    """Yield what did not come back; notes how old the oldest of it was."""
    saved = "\n".join(_texts(contents))
    if killed.kind == "streaming":
        missing = [at for at, word in killed.words if word not in saved]
        had = max(numbers_in(_reply_to(killed.sent, contents), r"a\d+w"), default=-1)
        missing += [at for at, seen in killed.arrived if seen > had]
    else:
        back = numbers_in(saved, killed.prefix)
        first = max(back, default=-1) + 1
        missing = [at for at, read in killed.reads if read > first]
        typed = [at for at, _ in killed.words[first:]]
        killed.lost_typed = killed.died - min(typed, default=killed.died)
        if set(back) != set(range(len(set(back)))):
            yield f"what came back has gaps: {back}"
    killed.lost = max(0.0, killed.died - min(missing, default=killed.died))
    if killed.lost > PROMISED + SLACK:
        yield f"what was there {killed.lost:.1f} s before the kill is lost"


def _texts(contents: Contents) -> Iterator[str]:
    for content in contents.values():
        yield from (content.title, content.brief)
        yield from (version.text for version in content.versions)
        yield from (turn.prompt for branch in content.branches for turn in branch.turns)


def _reply_to(mark: str, contents: Contents) -> str:
    turns = (t for content in contents.values() for b in content.branches for t in b.turns)
    return next((turn.reply for turn in turns if mark in marks_in([turn.prompt])), "")


def bench(desk: Desk, kills: int, seed: int, keys_per_second: float) -> int:
    """Kill that often, print a line for each, and return the exit code."""
    began = time.monotonic()
    studio = Bench(desk, seed, keys_per_second)
    studio.begin()
    done = []
    for number in range(1, kills + 1):
        killed = studio.kill(list(KINDS)[number % len(KINDS)], number)
        done.append(killed)
        say(
            f"{number:>3} {killed.kind:9} of {killed.left + 1} processes, the last gone after "
            f"{killed.gone:4.1f} s · {len(killed.words):>3} typed, {len(killed.arrived):>3} looks "
            f"at an answer · of that lost: the last {killed.lost:.2f} s"
            + (f" ({killed.lost_typed:.2f} s since typed)" if killed.reads else "")
        )
        for sentence in killed.wrong:
            say(f"    WRONG {sentence[:6000]}")
    code = studio.close()
    wrong = sum(bool(killed.wrong) for killed in done) + (code != 0)
    say(
        f"\nseed {seed}: {kills} kills in {time.monotonic() - began:.0f} s, {studio.ended} turns "
        f"that had ended, {len(desk.asked)} requests · at most the last "
        f"{max(killed.lost for killed in done):.2f} s lost "
        f"({max(killed.lost_typed for killed in done):.2f} s since typed) · "
        f"the last process gone after at most {max(killed.gone for killed in done):.1f} s · "
        f"exit code at the end {code}"
    )
    say(f"verdict  {f'{wrong} kills went wrong' if wrong else 'all is well'}")
    return 1 if wrong else 0


def main() -> int:
    """Kill as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keys", type=float, default=0.0, help="a second; 0: never resting")
    parser.add_argument("--folder", type=Path, help="keep library, sessions and logs here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        with desk_in(folder, words_per_second=WORDS_PER_SECOND, columns=COLUMNS) as desk:
            return bench(desk, options.kills, options.seed, options.keys)


if __name__ == "__main__":
    sys.exit(main())
