"""Which files of a library others touch, told by the system as it happens.

`watchfiles` (the Rust library `notify`: inotify, FSEvents) looks at three folders, none of them
with what is below it: the contents, the library, and the folder that the library lies in, which
tells that it was moved away or put back. What was measured of it on Linux, and why it is used so:

* A thread of it costs 0.04 % of a core (four looks a second at a list that Rust fills), importing
  it 36 ms: both happen in the thread, after the first frame.
* It says nothing any more of a folder that was moved and put back, and nothing of another folder
  in its place: whoever listens watches anew when the folder's identity has changed.
* It says nothing when a folder further up is moved, when a disk is taken away, of what another
  machine does on a network folder, and of a file behind a link. A rare look is needed beside it,
  and on network folders, where it is not even begun, nothing but looks.
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
"""Seconds between two looks of the thread at what the system has told."""
_TOGETHER: Final = 0.8
"""Seconds over which a storm of events is told as one."""
_NETWORK: Final = re.compile(
    "9p|afs|beegfs|ceph|cifs|davfs|drvfs|fuse.*|glusterfs|gpfs|lustre|ncpfs|nfs4?|prl_fs|smb3|smbfs|"
    "vboxsf|virtiofs|vmhgfs"
)
"""Kinds of file system in which other machines write without the system's hearing of it."""

_log = logging.getLogger(__name__)


@frozen
class Sighting:
    """Something that may have changed; with neither names nor a flag, nothing of others."""

    names: frozenset[str] = frozenset()
    """Names of files in the folder of contents."""
    is_vague: bool = False
    """Whether more than these names can have changed."""
    is_moved: bool = False
    """Whether a folder was taken from its place, or put there: it has to be watched anew."""
    is_seeing: bool | None = None
    """Whether the system tells of changes from now on; None when that is as before."""

    def __or__(self, other: "Sighting") -> "Sighting":
        """Return both at once."""
        return Sighting(
            self.names | other.names,
            self.is_vague or other.is_vague,
            self.is_moved or other.is_moved,
            self.is_seeing if other.is_seeing is None else other.is_seeing,
        )


Tell = Callable[[Sighting], None]
"""Takes what was sighted, in the event loop."""


class Watch(Protocol):
    """Watches a library's folder while its context is open; never raises."""

    def __call__(self, folder: Path, tell: Tell) -> AbstractAsyncContextManager[None]:
        """Say, too, from when on it sees, and from when on it does so no more."""
        ...


@asynccontextmanager
async def watched(folder: Path, tell: Tell) -> AsyncIterator[None]:
    """Watch a library through the system; what it tells on a local disk comes within a second."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def tell_loop(sighting: Sighting) -> None:
        with suppress(RuntimeError):  # The loop is closed: nobody listens any more.
            loop.call_soon_threadsafe(tell, sighting)

    watching = _Watching(folder, tell_loop)

    def run() -> None:
        try:
            watching.run()
        finally:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(ended.set)

    # A daemon: Python waits for no such thread when it ends, whatever a disk does with it.
    threading.Thread(target=run, name="watch", daemon=True).start()
    try:
        yield
    finally:
        watching.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(4 * STEP):
                await ended.wait()


class _Watching:
    """What is done in the thread; `is_set` is what `watchfiles` asks at every step."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self._folder = folder
        self._tell = tell
        self._is_stopped = False
        self._is_begun = False

    def stop(self) -> None:
        """Have the thread end within a step."""
        self._is_stopped = True

    def is_set(self) -> bool:
        """Whether to stop; asked for the first time, it sees from now on."""
        if not self._is_begun:
            self._is_begun = True
            self._tell(Sighting(is_vague=True, is_seeing=True))
        return self._is_stopped

    def run(self) -> None:
        """Tell what is sighted until it is stopped, or cannot watch any more."""
        try:
            folder = Path(os.path.realpath(self._folder))
            if not is_on_network(folder):
                self._watch(folder)
        except (OSError, RuntimeError, ImportError) as problem:
            # Such as: all of the system's inotify watches are taken.
            _log.info("Changes in %s are looked for, not told: %s", self._folder, problem)
        self._tell(Sighting(is_seeing=False))

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
            self._tell(sighted(names, is_moved=bool(own - {Change.modified}), is_vague=bool(own)))


def sighted(names: set[str], *, is_moved: bool = False, is_vague: bool = False) -> Sighting:
    """Return what names of files in the folder of contents tell; the steps of a save are none."""
    told = {name for name in names if not (name.startswith(".") or name.endswith(PREVIOUS))}
    return Sighting(frozenset(told), is_vague, is_moved)


def is_on_network(folder: Path) -> bool:
    """Whether a folder lies where other machines write unheard; False where nobody knows."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False  # Not Linux: FSEvents hears of local changes on any disk.
    return is_network_mount(mounts, str(folder))


def is_network_mount(mounts: str, folder: str) -> bool:
    """Look up in the text of `/proc/self/mountinfo` what a folder lies on."""
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
