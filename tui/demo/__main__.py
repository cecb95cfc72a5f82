"""`python -m tui.demo`: the demo server on its own, until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tui.demo.faults import named_faults
from tui.demo.limits import RateLimits
from tui.demo.server import DemoPortInUse, DemoServer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.faults import Fault

_FIVE_HOUR_LEFT = 2 * 60 * 60
_SEVEN_DAY_LEFT = 3 * 24 * 60 * 60
"""Seconds until the windows begin anew."""


def _planned_fault(text: str) -> tuple[Fault, int | None]:
    """Read NAME, NAME:TIMES or NAME:forever."""
    name, _, times = text.partition(":")
    makers = named_faults()
    if name not in makers:
        raise argparse.ArgumentTypeError(f"no fault {name!r}; there are: {', '.join(makers)}")
    if times == "forever":
        return makers[name](), None
    if times and (not times.isdigit() or int(times) < 1):
        raise argparse.ArgumentTypeError(f"{text!r}: after the colon, a number or 'forever'")
    return makers[name](), int(times or 1)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tui.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0: any free one")
    parser.add_argument("--speed", type=float, default=40.0, help="words per second; 0: flat out")
    parser.add_argument("--journal", type=Path, help="append every request to this file")
    parser.add_argument(
        "--fault",
        type=_planned_fault,
        action="append",
        default=[],
        metavar="NAME[:TIMES|:forever]",
        help=f"may be repeated; NAME is one of {', '.join(named_faults())}",
    )
    parser.add_argument(
        "--after-words", type=int, default=20, help="where a stream's fault strikes"
    )
    parser.add_argument(
        "--limit", type=float, metavar="SHARE", help="used share of the five-hour limit, 0 to 1"
    )
    parser.add_argument(
        "--week-limit",
        type=float,
        default=0.1,
        metavar="SHARE",
        help="used share of the week's limit; told with --limit only",
    )
    return parser.parse_args(arguments)


def _limits(options: argparse.Namespace) -> RateLimits | None:
    if options.limit is None:
        return None
    now = int(time.time())
    return RateLimits(
        options.limit, options.week_limit, now + _FIVE_HOUR_LEFT, now + _SEVEN_DAY_LEFT
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal; 1 when the port is taken."""
    options = _parse(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ended.set())
    server = DemoServer(
        port=options.port,
        words_per_second=options.speed,
        journal=options.journal,
        limits=_limits(options),
    )
    for fault, times in options.fault:
        server.faults.add(fault, times, options.after_words)
    try:
        base_url = server.start()
    except DemoPortInUse as taken:
        sys.stderr.write(f"{taken}\n")
        return 1
    sys.stdout.write(f"{base_url}\n")
    sys.stdout.flush()
    ended.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
