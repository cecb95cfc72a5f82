"""Runs a command or the screen on a studio, and ends either cleanly on a signal."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from tui.composition.collector import eased_collection, keep_what_is_there
from tui.composition.opening import demo_library, login_command, open_studio
from tui.domain.errors import InvalidInput
from tui.headless.output import Out
from tui.headless.subcommand import Work
from tui.settings import Settings, log_file
from tui.studio.studio import Studio

DEMO_BANNER: Final = "DEMO: replies are scripted, not Claude's"
RECOVER_AFTER: Final = 1.0
"""Seconds until turns that a dead program left are recovered: the first frame comes before."""
_EXIT_CODES: Final = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130}


def run_command(settings: Settings, work: Work, out: Out, *, demo: bool) -> int:
    """Run a headless command and return its exit code; a signal stops it cleanly first."""
    return asyncio.run(_run_command(settings, work, out, demo=demo))


async def _run_command(settings: Settings, work: Work, out: Out, *, demo: bool) -> int:
    ending = _Ending()
    with ending.listening():
        async with open_studio(settings, demo=demo) as studio:
            ending.stops_writing(studio)
            # A task of its own: its cancellation does not cancel the closing of the studio.
            running = asyncio.ensure_future(work(studio, out))
            ending.passes_to(lambda _: running.cancel())
            try:
                return await running
            except asyncio.CancelledError:
                if ending.exit_code is None:
                    raise
                return ending.exit_code
            finally:
                for sentence in studio.services.recovered():
                    out.report_once(sentence)


def run_app(settings: Settings, *, demo: bool) -> int:
    """Run the studio on the screen and return its exit code.

    Raises `InvalidInput` without a terminal, `LibraryProblem` before the screen opens.
    """
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise InvalidInput(
            "The studio needs a terminal: start `redraft` in one, without redirections; "
            "`redraft --help` shows the commands that work without."
        )
    try:
        with eased_collection():
            return asyncio.run(_run_app(settings, demo=demo))
    finally:
        _forget_closed_streams()


def _forget_closed_streams() -> None:
    """Redirect streams whose terminal is gone to nowhere: Python's exit would fail on them."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with open(os.devnull, "wb") as nothing:  # noqa: PTH123
                os.dup2(nothing.fileno(), stream.fileno())


async def _run_app(settings: Settings, *, demo: bool) -> int:
    ending = _Ending()
    with ending.listening():
        opened = open_studio(settings, demo=demo, recover_after=RECOVER_AFTER)
        async with opened as studio:
            ending.stops_writing(studio)
            from tui.app import RedraftApp  # noqa: PLC0415 (commands do without Textual)
            from tui.dictionaries import EnchantDictionaries  # noqa: PLC0415
            from tui.widgets.tree_row import lines_for  # noqa: PLC0415

            app = RedraftApp(
                studio,
                settings,
                banner=DEMO_BANNER if demo else "",
                login_command=() if demo else login_command(),
                log_file=str(log_file()),
                dictionaries=EnchantDictionaries(settings.spelling),
                lines=lines_for(os.environ.get("TERM", ""), sys.stdout.encoding),
            )
            keep_what_is_there()
            if ending.exit_code is None:
                ending.passes_to(app.leave)
                await app.run_async()
                if app.farewell:
                    Out.standard().report(app.farewell)
    if app.wants_demo and ending.exit_code is None:
        return await _run_app(replace(settings, library=demo_library()), demo=True)
    return ending.exit_code or app.return_code or 0


class _Ending:
    """Handles the signals that ask this process to end: the first is remembered and passed on."""

    def __init__(self) -> None:
        self.exit_code: int | None = None
        self._stop: Callable[[int], object] | None = None
        self._studio: Studio | None = None

    def stops_writing(self, studio: Studio) -> None:
        """Set the studio whose turns are stopped as soon as the signal comes.

        A closed window and Ctrl+C send the signal to Claude Code as well. A turn counts as failed
        when Claude Code ends before the turn was asked to stop.
        """
        self._studio = studio

    def passes_to(self, stop: Callable[[int], object]) -> None:
        """Set the function called with the exit code at the signal; at once if that has come."""
        self._stop = stop
        if self.exit_code is not None:
            stop(self.exit_code)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Handle the signals during the `with` block, except those ignored at the start."""
        loop = asyncio.get_running_loop()
        numbers = [n for n in _EXIT_CODES if signal.getsignal(n) is not signal.SIG_IGN]
        for number in numbers:
            loop.add_signal_handler(number, self._came, number)
        try:
            yield
        finally:
            for number in numbers:
                loop.remove_signal_handler(number)

    def _came(self, number: signal.Signals) -> None:
        if self.exit_code is None:
            self.exit_code = _EXIT_CODES[number]
            if self._studio is not None:
                self._studio.stop_writing()
            if self._stop is not None:
                self._stop(self.exit_code)
