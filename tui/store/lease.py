"""The lease of a branch in a folder: a locked file that names its owner."""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from tui.domain.ids import BranchId
from tui.domain.lease import LeaseOwner
from tui.domain.person import Person
from tui.store.locks import lock_path, try_lock
from tui.store.thread import InThread

_LARGEST: Final = 4096
"""Maximum bytes read of a lock file; an owner takes a few hundred."""

_log = logging.getLogger(__name__)

Look = Callable[[Callable[[], bool]], Awaitable[bool]]
"""Runs a check of the disk, even while the library is missing."""


class BranchLock:
    """The locked file of a branch; belongs to the store's thread, but for `release`."""

    def __init__(self, path: Path, handle: int, owner: LeaseOwner) -> None:
        self._path = path
        self._handle: int | None = handle
        self.owner = owner
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, _written(owner), 0)
        except OSError as problem:
            # The lock still works; other programs only learn less about its owner.
            _log.warning("%s does not say who holds it: %s", path, problem)

    @property
    def is_held(self) -> bool:
        """Whether the lock has not been released."""
        return self._handle is not None

    def is_in_place(self) -> bool:
        """Whether the locked file is still in place, so that another program would find it locked.

        While the library itself is away, nobody can write there, and the result is True.
        """
        handle = self._handle
        if handle is None:
            return False
        try:
            there = self._path.lstat()
        except FileNotFoundError:
            return not (self._path.parent.parent / "contents").is_dir()
        except OSError:
            return True
        try:
            return os.path.samestat(there, os.fstat(handle))
        except OSError:
            return False  # On a network folder: the file was removed by another machine.

    def release(self) -> None:
        """Release the lock; idempotent."""
        handle, self._handle = self._handle, None
        if handle is not None:
            # Closing the handle releases the lock, even if the disk reports an error.
            with suppress(OSError):
                os.ftruncate(handle, 0)
            with suppress(OSError):
                os.close(handle)


class BranchLocks:
    """The locked files of a library's branches; belongs to the store's thread."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        self._held: list[BranchLock] = []

    def take(self, branch_id: BranchId, person: Person) -> BranchLock | None:
        """Lock a branch for a person; None while another program has it locked."""
        path = lock_path(self._folder, "branch", branch_id)
        handle = try_lock(path)
        if handle is None:
            return None
        lock = BranchLock(path, handle, LeaseOwner(person, os.getpid(), self._now()))
        self._held = [other for other in self._held if other.is_held]
        self._held.append(lock)
        return lock

    def owner(self, branch_id: BranchId) -> LeaseOwner | None:
        """Return who locked a branch last and did not release it; None when unknown."""
        return _owner_in(lock_path(self._folder, "branch", branch_id))

    def release_all(self) -> None:
        """Release every lock that `take` returned."""
        for lock in self._held:
            lock.release()


class BranchLeases:
    """The leases of a library's branches; implements `Leases` of the studio's ports.

    `in_thread` runs a transaction, `look` a check of the disk; `who` returns who takes leases.
    """

    def __init__(
        self,
        locks: BranchLocks,
        who: Callable[[], Awaitable[Person]],
        in_thread: InThread,
        look: Look,
    ) -> None:
        self._locks = locks
        self._who = who
        self._in_thread = in_thread
        self._look = look

    async def take(self, branch_id: BranchId) -> "BranchLease | None":
        """Acquire the lease of a branch; None while another program has it."""
        lock = await self._in_thread(self._locks.take, branch_id, await self._who())
        return None if lock is None else BranchLease(lock, self._look)

    async def owner(self, branch_id: BranchId) -> LeaseOwner | None:
        """Return who holds the lease that was just refused; None when unknown."""
        return await self._in_thread(self._locks.owner, branch_id)


class BranchLease:
    """The exclusive right to write on a branch; implements `Lease` of the studio's ports.

    The lease is lost when its lock file was removed or replaced, or when the library's folder was
    away and came back without that file. The kernel releases the lock of a process that has ended.
    """

    def __init__(self, lock: BranchLock, look: Look) -> None:
        self._lock = lock
        self._look = look
        self._lost = asyncio.Event()

    @property
    def owner(self) -> LeaseOwner:
        """Who holds the lease."""
        return self._lock.owner

    @property
    def lost(self) -> asyncio.Event:
        """Set once it is known that the lease is lost."""
        return self._lost

    async def renew(self) -> None:
        """Check whether the lease is still held, and set `lost` if not; never raises."""
        if not self._lock.is_held or self._lost.is_set():
            return
        is_in_place = await self._look(self._lock.is_in_place)
        if not is_in_place and self._lock.is_held:
            self._lost.set()

    def release(self) -> None:
        """Release the lease; idempotent, and harmless when the lease is lost."""
        self._lock.release()


def _owner_in(path: Path) -> LeaseOwner | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        read = json.loads(os.read(handle, _LARGEST))
        person = Person(str(read["name"]), str(read["user"]), str(read["host"]))
        since = datetime.fromisoformat(read["since"])
        return LeaseOwner(person, int(read["pid"]), since) if since.tzinfo else None
    except (OSError, ValueError, TypeError, KeyError):
        return None  # Half written, or empty, as an older Redraft left it.
    finally:
        os.close(handle)


def _written(owner: LeaseOwner) -> bytes:
    person = owner.person
    fields = {
        "name": person.name,
        "user": person.user,
        "host": person.host,
        "pid": owner.pid,
        "since": owner.since.isoformat(),
    }
    return json.dumps(fields).encode() + b"\n"
