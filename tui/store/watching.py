"""Watch of a library's folder: the system reports changes by other programs as they happen.

`watchfiles` (the Rust library `notify`: inotify, FSEvents) watches three folders without their
subfolders: the contents, the library, and the library's parent folder, where a move of the library
shows. Measured on Linux, these are its costs and its limits:

* The watching thread costs 0.04 % of a core (it polls a list that Rust fills four times a second),
  and the import costs 36 ms; both happen in the thread, after the first frame.
* A folder that was moved and put back, or replaced, is no longer watched: the caller has to start
  a new watch when the folder's identity has changed.
* Unreported are: moves of a folder further up, a disk that is unplugged, changes by other machines
  on a network folder, and changes of a file behind a symlink. So the caller also polls at long
  intervals, and polls only on a network folder, where no watch is started.
"""

import asyncio
import logging
import os
import re
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from tui.domain.frozen import frozen
from tui.store.files import PREVIOUS

STEP: Final = 0.25
"""Seconds between two polls of the thread for reported changes."""
_TOGETHER: Final = 0.8
"""Seconds over which a burst of events is reported as one."""
_NETWORK: Final = re.compile(
    "9p|afs|beegfs|ceph|cifs|davfs|drvfs|fuse.*|glusterfs|gpfs|lustre|ncpfs|nfs4?|prl_fs|smb3|smbfs|"
    "vboxsf|virtiofs|vmhgfs"
)
"""Types of file system whose changes by other machines the system does not report."""

_log = logging.getLogger(__name__)


@frozen
class Sighting:
    """A report of what may have changed; without names and flags, no change by others."""

    names: frozenset[str] = frozenset()
    """Names of changed files in the folder of contents."""
    is_vague: bool = False
    """Whether other files may have changed, too."""
    is_moved: bool = False
    """Whether a watched folder was moved, removed or created, so that a new watch is needed."""
    is_seeing: bool | None = None
    """Whether the system reports changes from now on; None when that has not changed."""

    def __or__(self, other: "Sighting") -> "Sighting":
        """Return the union of two reports."""
        return Sighting(
            self.names | other.names,
            self.is_vague or other.is_vague,
            self.is_moved or other.is_moved,
            self.is_seeing if other.is_seeing is None else other.is_seeing,
        )


Report = Callable[[Sighting], None]
"""Receives a report, in the event loop."""


class Watch(Protocol):
    """Reports changes of a library's folder while its context is open; never raises."""

    def __call__(self, folder: Path, report: Report, /) -> AbstractAsyncContextManager[None]:
        """Return the context; `is_seeing` reports when watching begins and ends."""
        ...


@asynccontextmanager
async def watched(folder: Path, report: Report) -> AsyncIterator[None]:
    """Watch a library; changes on a local disk are reported within a second."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def report_in_loop(sighting: Sighting) -> None:
        with suppress(RuntimeError):  # The loop is closed already.
            loop.call_soon_threadsafe(report, sighting)

    watching = _Watching(folder, report_in_loop)

    def run() -> None:
        try:
            watching.run()
        finally:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(ended.set)

    # A daemon thread, because Python would wait at its exit for one that a disk blocks.
    threading.Thread(target=run, name="watch", daemon=True).start()
    try:
        yield
    finally:
        watching.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(4 * STEP):
                await ended.wait()


class _Watching:
    """The work of the thread; `watchfiles` polls it like an event, by `is_set`."""

    def __init__(self, folder: Path, report: Report) -> None:
        self._folder = folder
        self._report = report
        self._is_stopped = False
        self._is_begun = False

    def stop(self) -> None:
        """End the thread within `STEP` seconds."""
        self._is_stopped = True

    def is_set(self) -> bool:
        """Whether to stop; the first call reports that watching has begun."""
        if not self._is_begun:
            self._is_begun = True
            self._report(Sighting(is_vague=True, is_seeing=True))
        return self._is_stopped

    def run(self) -> None:
        """Report changes until stopped, or until watching fails."""
        try:
            folder = Path(os.path.realpath(self._folder))
            if not is_on_network(folder):
                self._watch(folder)
        except (OSError, RuntimeError, ImportError) as problem:
            # For example, all inotify watches of the system are in use.
            _log.info("Changes in %s are found by polling only: %s", self._folder, problem)
        self._report(Sighting(is_seeing=False))

    def _watch(self, folder: Path) -> None:
        from watchfiles import Change, watch  # noqa: PLC0415 (not before the first frame)

        contents = folder / "contents"
        ours = {str(folder), str(contents)}
        inside = f"{contents}{os.sep}"
        for changes in watch(
            contents,
            folder,
            folder.parent,
            watch_filter=lambda _, path: path in ours or path.startswith(inside),
            debounce=int(_TOGETHER * 1_000),
            step=int(STEP * 1_000),
            rust_timeout=0,
            stop_event=self,
            raise_interrupt=False,
            force_polling=False,
            recursive=False,
        ):
            names = {path.removeprefix(inside) for _, path in changes if path not in ours}
            own = {change for change, path in changes if path in ours}
            self._report(sighted(names, is_moved=bool(own - {Change.modified}), is_vague=bool(own)))


def sighted(names: set[str], *, is_moved: bool = False, is_vague: bool = False) -> Sighting:
    """Return the report for changed files of contents; temporary files and backups are ignored."""
    changed = {name for name in names if not (name.startswith(".") or name.endswith(PREVIOUS))}
    return Sighting(frozenset(changed), is_vague, is_moved)


def is_on_network(folder: Path) -> bool:
    """Whether a folder is on a network file system; False when unknown."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False  # Not Linux: FSEvents reports local changes on any disk.
    return is_network_mount(mounts, str(folder))


def is_network_mount(mounts: str, folder: str) -> bool:
    """Whether `mounts`, the text of `/proc/self/mountinfo`, has a folder on a network."""
    best, kind = "", ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        place = fields[4].replace("\\040", " ").rstrip("/")
        if len(place) >= len(best) and (folder == place or folder.startswith(f"{place}/")):
            best, kind = place, after.split()[0]
    return _NETWORK.fullmatch(kind) is not None
