"""Takes the library away from an open studio: `python -m tests.bench.bench_library_away`.

At every moment of a turn, of typing and of an edit the library's folder is moved away, replaced
by a file, made unreadable, or comes back as a copy. The real studio in a terminal lives on, says
so, and once the folder is back everything is there: what was typed, what Claude wrote, and what
the next request tells. After typing it is killed and started again, so that the text was saved.
Ends with 1 when anything is wrong. `--moments` and `--kinds` choose some of them.
"""

import argparse
import ctypes
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.pty_desk import Desk, Ended, desk_in, is_answered, sent_for, wrong_turn
from tests.bench.pty_hands import (
    TIMEOUT,
    begins,
    creates_the_piece,
    is_idle,
    opens_the_dialog,
    opens_the_editor,
    rests,
    saves_the_edit,
    sees_one_of,
    sends,
    types_for,
)
from tests.bench.soak_world import mark_of
from tests.support.terminal import Terminal
from tui.domain.content import Turn, TurnState
from tui.studio.running_turn import LOST

WORDS_PER_SECOND: Final = 60.0
COLUMNS: Final = 120
GONE: Final = "Not readable since"
AWAY: Final = 2.0
"""Seconds that the folder stays away at least."""
SAVED_AGAIN_WITHIN: Final = 6.0
"""Seconds after which what was kept is saved, once the folder is back, on a slow machine."""
_PR_CAPBSET_DROP: Final = 24
_DAC: Final = (1, 2)
"""The rights by which root reads whatever permissions say."""


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Kind:
    """A way in which a folder goes and comes back; each is given it, and a place beside it."""

    goes: Callable[[Path, Path], object]
    comes: Callable[[Path, Path], object]


def _is_replaced(library: Path, away: Path) -> None:
    library.rename(away)
    library.write_text("a file")


def _takes_the_place(library: Path, away: Path) -> None:
    library.unlink()
    away.rename(library)


def _comes_as_a_copy(library: Path, away: Path) -> None:
    shutil.copytree(away, library)
    shutil.rmtree(away)


KINDS: Final = {
    "moved": Kind(lambda library, away: library.rename(away), lambda lib, away: away.rename(lib)),
    "replaced": Kind(_is_replaced, _takes_the_place),
    "unreadable": Kind(
        lambda library, _: library.chmod(0), lambda library, _: library.chmod(0o700)
    ),
    "copied": Kind(lambda library, away: library.rename(away), _comes_as_a_copy),
}


@dataclass(slots=True)
class Play:
    """One moment at which the library goes, and what came of it."""

    desk: Desk
    terminal: Terminal
    number: int
    words: list[str] = field(default_factory=list)
    """What was typed."""
    is_sent: bool = False
    """Whether the first prompt, with the mark `sent`, is a turn that must be whole."""

    @property
    def sent(self) -> str:
        """The mark of the prompt that is sent before the folder goes, or while it is away."""
        return mark_of(2 * self.number)

    @property
    def next(self) -> str:
        """The mark of the next prompt."""
        return mark_of(2 * self.number + 1)

    @property
    def prefix(self) -> str:
        """What every word typed here begins with."""
        return f"p{self.number}w"

    def types(self, seconds: float) -> None:
        """Type on for some seconds."""
        at = len(self.words)
        typed = types_for(self.terminal, seconds, f"{self.prefix}{at // 100}x")
        self.words += [word for _, word in typed]

    def asks(self) -> None:
        """Send a prompt."""
        self.is_sent = True
        sends(self.terminal, f"make it bolder {self.sent}")

    def asks_on(self) -> None:
        """Send the next prompt, behind what stands in the field."""
        sends(self.terminal, f"go on {self.next}")


def _nothing(_: Play) -> None:
    pass


def _writes_a_prompt(play: Play) -> None:
    play.terminal.type(f"make it bolder {play.sent}")
    play.terminal.wait_for(lambda screen: play.sent in screen, TIMEOUT)


def _presses_enter(play: Play) -> None:
    play.terminal.press("enter")


def _is_asked(play: Play) -> None:
    play.asks()
    play.terminal.wait_until(lambda: bool(sent_for(play.desk, play.sent)), TIMEOUT)


def _streams(play: Play) -> None:
    _is_asked(play)
    answer = sent_for(play.desk, play.sent)[-1].answer
    play.terminal.wait_for(lambda screen: answer.split()[60] in screen, TIMEOUT)


def _is_answered(play: Play) -> None:
    play.terminal.wait_until(is_answered(play.desk, play.sent), TIMEOUT)


def _ends(play: Play) -> None:
    _is_asked(play)
    _is_answered(play)


def _types(play: Play) -> None:
    play.types(2.0)


def _types_under_an_answer(play: Play) -> None:
    _streams(play)
    _types(play)


def _types_to_its_end(play: Play) -> None:
    _types(play)
    _is_answered(play)


def _edits(play: Play) -> None:
    opens_the_editor(play.terminal)
    play.types(2.0)


def _saves(play: Play) -> None:
    play.terminal.press("ctrl+s")


def _fills_in(play: Play) -> None:
    opens_the_dialog(play.terminal)
    play.terminal.type(f"Piece {play.number}")
    play.terminal.press("tab", "tab")
    play.types(2.0)


def _asks_what_was_typed(play: Play) -> None:
    sees_one_of(play.terminal, play.words[-20:])
    play.asks_on()


def _sends_what_came_back(play: Play) -> None:
    """Send the next prompt; what could not be sent stands in the field before it."""
    play.terminal.wait_for(is_idle, TIMEOUT)
    play.asks_on()


def _saves_the_edit(play: Play) -> None:
    opens_the_editor(play.terminal)
    sees_one_of(play.terminal, play.words)
    saves_the_edit(play.terminal)
    play.asks_on()


def _leaves_the_editor(play: Play) -> None:
    """Save once more if the editor is still open; the text must be a version then."""
    if "ctrl+s Save" in play.terminal.text:
        saves_the_edit(play.terminal)
    else:
        play.terminal.press("c")
    play.terminal.wait_for(is_idle, TIMEOUT)
    play.asks_on()


def _creates(play: Play) -> None:
    opens_the_dialog(play.terminal)
    sees_one_of(play.terminal, play.words)
    creates_the_piece(play.terminal, play.next)


def _creates_again(play: Play) -> None:
    """Accept the dialog that is still open, or opens again with what was in it."""
    if "New piece" not in play.terminal.text:
        opens_the_dialog(play.terminal)
        sees_one_of(play.terminal, play.words)
        play.terminal.press("tab", "tab")
    play.terminal.type(f" {play.next}")
    play.terminal.wait_for(lambda screen: play.next in screen, TIMEOUT)
    play.terminal.press("ctrl+s")


@dataclass(frozen=True, slots=True)
class Moment:
    """When the library goes, what happens while it is away, and how things go on then."""

    comes: Callable[[Play], None]
    meanwhile: Callable[[Play], None] = _nothing
    goes_on: Callable[[Play], None] = _sends_what_came_back
    restarts: bool = False
    """Whether the program is killed once the folder is back, and started again."""
    covers: bool = False
    """Whether another screen covers the list, whose title says that it cannot be read."""


MOMENTS: Final = {
    "idle": Moment(_nothing),
    "sending": Moment(_writes_a_prompt, _presses_enter),
    "sent": Moment(lambda play: play.asks()),
    "asked": Moment(_is_asked),
    "asked, ends away": Moment(_is_asked, _is_answered),
    "streaming": Moment(_streams),
    "streaming, ends away": Moment(_streams, _is_answered),
    "ending": Moment(_ends),
    "typing": Moment(_types, _types, _asks_what_was_typed, restarts=True),
    "typing under an answer": Moment(
        _types_under_an_answer,
        _types_to_its_end,
        _asks_what_was_typed,
        restarts=True,
    ),
    "editing": Moment(_edits, _types, _saves_the_edit, restarts=True, covers=True),
    "saving an edit": Moment(_edits, _saves, _leaves_the_editor),
    "filling in": Moment(_fills_in, _types, _creates, restarts=True, covers=True),
    "creating": Moment(_fills_in, _saves, _creates_again, covers=True),
}


class Bench:
    """A desk from which the library is taken again and again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ended = Ended({})
        self._number = 0
        self.terminal = desk.opened()
        begins(self.terminal, "On lamps", f"what lamps are for {mark_of(1)}")
        self.terminal.wait_until(is_answered(desk, mark_of(1)), TIMEOUT)
        self.terminal.wait_for(is_idle, TIMEOUT)

    def play(self, moment_name: str, kind_name: str) -> list[str]:
        """Take the library away and give it back; return what is wrong."""
        self._number += 1
        play = Play(self._desk, self.terminal, self._number)
        kind, away = KINDS[kind_name], self._desk.library.with_name("away")
        is_away, wrong = False, []
        try:
            MOMENTS[moment_name].comes(play)
            kind.goes(self._desk.library, away)
            is_away = True
            said = self._away(play, MOMENTS[moment_name])
            kind.comes(self._desk.library, away)
            is_away = False
            came = self._back(play, MOMENTS[moment_name])
            wrong += self._look(play)
            say(f"{moment_name:23} {kind_name:11} said after {said}, taken back after {came}")
        except AssertionError as problem:
            wrong.append(str(problem))
            if is_away:
                kind.comes(self._desk.library, away)
            say(f"{moment_name:23} {kind_name:11} FAILED")
            self._starts_again()
        for sentence in wrong:
            say(f"    WRONG {sentence[:6000]}")
        return wrong

    def _away(self, play: Play, moment: Moment) -> str:
        began = time.monotonic()
        moment.meanwhile(play)
        if not moment.covers:
            self.terminal.wait_for(GONE, TIMEOUT)
        said = f"{time.monotonic() - began:4.1f} s" if GONE in self.terminal.text else " (covered)"
        rests(self.terminal, AWAY)
        return said

    def _back(self, play: Play, moment: Moment) -> str:
        began = time.monotonic()
        self.terminal.wait_gone(GONE, TIMEOUT)
        came = f"{time.monotonic() - began:4.1f} s"
        rests(self.terminal, SAVED_AGAIN_WITHIN if moment.restarts else 0.5)
        if moment.restarts:
            self._starts_again()
            play.terminal = self.terminal
        moment.goes_on(play)
        self.terminal.wait_until(is_answered(self._desk, play.next), TIMEOUT)
        self.terminal.wait_for(is_idle, TIMEOUT)
        return came

    def _look(self, play: Play) -> list[str]:
        contents = self._desk.contents()
        wrong = [*wrong_turn(self._desk, play.next, contents), *self._ended.wrong_in(contents)]
        texts = [version.text for content in contents.values() for version in content.versions]
        turns = [t for content in contents.values() for b in content.branches for t in b.turns]
        saved = "\n".join([*texts, *(turn.prompt for turn in turns)])
        wrong += [f"{word} is lost" for word in play.words if word not in saved]
        if play.is_sent and (sent := sent_for(self._desk, play.sent)):
            found = [turn for turn in turns if turn.prompt.endswith(play.sent)]
            if not _is_whole(found, sent[-1].answer):
                said = [f"{turn.state}, {turn.failure}: {turn.reply}" for turn in found]
                wrong.append(f"the answer to {play.sent} is {said}")
        elif play.is_sent and play.sent not in saved:  # Else it came back into the field.
            wrong.append(f"the prompt {play.sent} is lost")
        return wrong

    def _starts_again(self) -> None:
        os.kill(self.terminal.process.pid, signal.SIGKILL)
        self.terminal.process.wait(10)
        self.terminal.hang_up()
        self.terminal = self._desk.opened()
        self.terminal.wait_for(is_idle, TIMEOUT)


def _is_whole(turns: Sequence[Turn], answer: str) -> bool:
    """Whether a prompt is one turn with the whole answer, or with a part of it and the reason.

    A copy brings another lock along, so that Redraft no longer holds the branch: it cannot know
    whether the copy is an older one, which lacks what Claude remembers. A turn that still runs then
    is stopped, and says so.
    """
    if len(turns) != 1:
        return False
    turn = turns[0]
    is_stopped = turn.state is TurnState.STOPPED and turn.failure == LOST
    return turn.reply == answer or (is_stopped and answer.startswith(turn.reply))


def obey_permissions() -> None:
    """Take from root's children what reads all files; harmless for anyone else."""
    for right in _DAC:
        ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, right, 0, 0, 0)


def main() -> int:
    """Play the moments and kinds that the arguments name; all of them by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", nargs="*", default=list(MOMENTS), choices=list(MOMENTS))
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS))
    options = parser.parse_args()
    obey_permissions()
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        desk_in(Path(folder), words_per_second=WORDS_PER_SECOND, columns=COLUMNS) as desk,
    ):
        bench = Bench(desk)
        plays = [(moment, kind) for moment in options.moments for kind in options.kinds]
        wrong = sum(bool(bench.play(*one)) for one in plays)
        bench.terminal.press("ctrl+q")
        code = bench.terminal.wait_exit(TIMEOUT)
    say(f"\n{len(plays)} times away in {time.monotonic() - began:.0f} s, exit code {code}")
    say(f"verdict  {f'{wrong} went wrong' if wrong or code else 'all is well'}")
    return 1 if wrong or code else 0


if __name__ == "__main__":
    sys.exit(main())
