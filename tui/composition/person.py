"""The person who works here: the account on this machine, and the name the person signs with."""

import asyncio
import getpass
import logging
import os
import socket
import subprocess
from typing import Final

from tui.domain.person import Person
from tui.own_thread import alone

TIMEOUT: Final = 2.0
"""Seconds to wait for git to name the person."""
_ASKING: Final = ("git", "config", "--get", "user.name")

_log = logging.getLogger("redraft")


class PersonHere:
    """Identifies the person who works here; git is asked for the name once, at the first call."""

    def __init__(self, chosen: str = "") -> None:
        user = _user()
        self._account = Person(chosen, user, socket.gethostname())
        self._asked: asyncio.Future[str] | None = None

    @property
    def id(self) -> str:
        """The person's unique id, which does not depend on the name."""
        return self._account.id

    async def __call__(self) -> Person:
        """Return the person; never raises, and waits for git no longer than `TIMEOUT`."""
        if self._account.name:
            return self._account
        if self._asked is None:
            self._asked = asyncio.ensure_future(alone(_name, self._account.user))
        await asyncio.wait({self._asked}, timeout=TIMEOUT)
        name = self._asked.result() if self._asked.done() else self._account.user
        return Person(name, self._account.user, self._account.host)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())  # A container may have no name for its user.


def _name(user: str) -> str:
    """Return git's user name, else the account's full name, else the account's own."""
    return _git_name() or _full_name() or user


def _git_name() -> str:
    try:
        answer = subprocess.run(  # noqa: S603 (constant arguments)
            _ASKING,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as problem:
        _log.info("git does not say who works here: %s", problem)
        return ""
    return _line(answer.stdout.decode("utf-8", "replace"))


def _full_name() -> str:
    try:
        import pwd  # noqa: PLC0415 (not on every system)

        return _line(pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0])
    except (ImportError, KeyError, OSError):
        return ""


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
