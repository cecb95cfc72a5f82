"""Web addresses that Claude asks to fetch: the host of an address, or why it is refused.

Python and the CLI parse unusual addresses differently, and a writer who allows a host must get
exactly that host. So any address that could be parsed in two ways is refused. Pure, no I/O.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

_LONGEST: Final = 2_000
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
_NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*")
_LITERAL: Final = re.compile(r"\[[0-9a-fA-F:.]+\](?::\d*)?")
_FOREIGN: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")


class OddAddress(ValueError):
    """An ambiguous address that is refused without a question; the message says why."""


def host_of(address: str) -> str:
    """Return the host of a web address in lower-case ASCII, with any non-default port.

    Raises `OddAddress` for anything but a plain http or https address.
    """
    if len(address) > _LONGEST:
        raise OddAddress(f"The address is longer than {_LONGEST:,} characters.")
    if _FOREIGN.search(address):
        raise OddAddress("The address has spaces, backslashes or control characters in it.")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise OddAddress("The address cannot be read.") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise OddAddress("Only http and https addresses can be fetched.")
    if "@" in parts.netloc:
        raise OddAddress("The address has a user name in it.")
    host = _checked_host(parts)
    if port is None or port == _DEFAULT_PORTS[parts.scheme]:
        return host
    return f"{host}:{port}"


def _checked_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if _LITERAL.fullmatch(parts.netloc):
        try:
            return f"[{ipaddress.IPv6Address(host)}]"
        except ValueError as error:
            raise OddAddress("The address has no host that can be read.") from error
    try:
        plain = host.encode("idna").decode("ascii").lower()
        is_same = host.isascii() or plain.encode("ascii").decode("idna") == host
    except UnicodeError as error:
        raise OddAddress("The address has no host that can be read.") from error
    if not is_same or not _NAME.fullmatch(plain):
        raise OddAddress("The address has no host that can be read.")
    if _NUMBER.fullmatch(plain.rstrip(".").rpartition(".")[2]):
        try:
            return str(ipaddress.IPv4Address(plain))
        except ValueError as error:
            raise OddAddress("The address has a number for a host.") from error
    return plain
