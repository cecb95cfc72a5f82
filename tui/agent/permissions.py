"""Decides which tool uses are allowed, refused, or need a question: files of sources, the web.

Anything unknown is refused. Paths are resolved to their real location, in every way that the CLI
might interpret them; resolving reads the disk, so run `judge` in a thread.
"""

import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tui.agent.addresses import OddAddress, host_of
from tui.domain.frozen import frozen
from tui.domain.tools import Access, Question

_LONGEST_PATH: Final = 4_096
_LONGEST_TEXT: Final = 10_000
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "Read": frozenset({"file_path", "offset", "limit", "pages", "allow_large"}),
    "Glob": frozenset({"pattern", "path"}),
    "Grep": frozenset(
        {"pattern", "path", "glob", "type", "output_mode", "head_limit", "offset", "multiline"}
        | {"-A", "-B", "-C", "-i", "-n", "-o", "context"}
    ),
    "WebSearch": frozenset({"query", "allowed_domains", "blocked_domains"}),
    "WebFetch": frozenset({"url", "prompt", "offset"}),
}
"""Known inputs of each tool; unknown inputs of a newer CLI are refused."""


@frozen
class Allowed:
    """The tool use is allowed; `changed`, if given, replaces the tool's input."""

    changed: dict[str, Any] | None = None


@frozen
class Denied:
    """The tool use is refused; `reason` is a sentence for the writer and for Claude."""

    reason: str


Verdict = Allowed | Denied | Question
"""A decision; a question, which has no id yet, is one that the writer must be asked."""


class _Refused(Exception):
    """Refuses a tool use; the message is a sentence."""


def judge(access: Access, tool: str, given: Mapping[str, Any]) -> Verdict:
    """Return the decision about a tool use with this input; never raises. Blocking."""
    if tool not in access.tools:
        return Denied(f"The tool {tool} is not available here.")
    try:
        _check_shape(given, _KNOWN[tool])
        match tool:
            case "WebSearch":
                return _search(given)
            case "WebFetch":
                return _fetch(given)
            case "Read":
                return _file(_Sources(access.sources), given, "file_path")
            case "Glob":
                _check_pattern(_text(given, "pattern"))
            case _:
                _text(given, "pattern")
                _check_pattern(_text(given, "glob", otherwise=""))
        return _place(_Sources(access.sources), tool, given)
    except (_Refused, OddAddress) as refused:
        return Denied(str(refused))
    except (OSError, ValueError) as error:
        return Denied(f"That path cannot be looked at: {type(error).__name__}.")


def _check_shape(given: Mapping[str, Any], known: frozenset[str]) -> None:
    for name, value in given.items():
        if name not in known:
            raise _Refused(f"The input “{name}” is not known.")
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, dict | list) for text in texts):
            raise _Refused(f"The input “{name}” is not what it should be.")
        for text in texts:
            if isinstance(text, str) and ("\0" in text or len(text) > _LONGEST_TEXT):
                raise _Refused(f"The input “{name}” is too long or has a NUL in it.")


def _text(given: Mapping[str, Any], name: str, *, otherwise: str | None = None) -> str:
    value = given.get(name, otherwise)
    if not isinstance(value, str):
        raise _Refused(f"The input “{name}” is missing or no text.")
    return value


def _search(given: Mapping[str, Any]) -> Question:
    query = _text(given, "query")
    if not query.strip():
        raise _Refused("There is nothing to search for.")
    limits = [
        f"{words}: {', '.join(map(str, given[name]))}"
        for name, words in (("allowed_domains", "only in"), ("blocked_domains", "not in"))
        if isinstance(given.get(name), list) and given[name]
    ]
    return Question("", "WebSearch", query, "; ".join(limits), rule="WebSearch")


def _fetch(given: Mapping[str, Any]) -> Question:
    address = _text(given, "url")
    host = host_of(address)
    prompt = _text(given, "prompt")
    return Question("", "WebFetch", address, prompt, host, f"WebFetch({host})")


def _check_pattern(pattern: str) -> None:
    if ".." in pattern or pattern.startswith(("/", "~", "\\")) or os.path.isabs(pattern):  # noqa: PTH117
        raise _Refused(
            f"The pattern “{pattern}” leads elsewhere: give a relative one, and a folder as path."
        )


def _place(sources: "_Sources", tool: str, given: Mapping[str, Any]) -> Verdict:
    if tool == "Glob" and not sources.folders:
        raise _Refused(f"There is no folder to look through. {sources.sentence}")
    if given.get("path") not in (None, ""):
        return _file(sources, given, "path")
    choice = sources.folders if tool == "Glob" else sources.all
    if len(choice) != 1:
        raise _Refused(f"Give one of the sources as path. {sources.sentence}")
    return Allowed({**given, "path": choice[0]})


def _file(sources: "_Sources", given: Mapping[str, Any], name: str) -> Allowed:
    path = _text(given, name)
    if len(path) > _LONGEST_PATH:
        raise _Refused("The path is too long.")
    if path.startswith("~"):
        raise _Refused(f"Give the whole path. {sources.sentence}")
    if not path.startswith("/"):
        if len(sources.folders) != 1:
            raise _Refused(f"Give the whole path. {sources.sentence}")
        path = os.path.join(sources.folders[0], path)  # noqa: PTH118
    real = os.path.realpath(path)
    reals = {os.path.realpath(form) for form in _readings(path)}
    reals |= {os.path.realpath(form) for found in reals for form in _readings(found)}
    if not all(sources.contains(found) for found in reals):
        raise _Refused(f"“{path}” is not in the sources. {sources.sentence}")
    if not _is_ordinary(real):
        raise _Refused(f"“{path}” is neither a file nor a folder.")
    return Allowed({**given, name: real} if real != given[name] else None)


def _readings(path: str) -> Iterator[str]:
    """Yield the paths that the CLI might read: it trims, composes and normalises some names."""
    for form in (path, unicodedata.normalize("NFC", path)):
        for trimmed in (form, form.strip()):
            yield trimmed
            yield os.path.normpath(trimmed)


def _is_ordinary(path: str) -> bool:
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116
    except OSError:
        return True  # It is not there: the tool says so itself, better than we could.
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


class _Sources:
    """The sources on the disk now; relative paths and the root folder are ignored."""

    def __init__(self, named: Sequence[str]) -> None:
        real = (os.path.realpath(name) for name in named if name.startswith("/"))
        self.all = tuple(dict.fromkeys(path for path in real if path != "/"))
        self.folders = tuple(path for path in self.all if os.path.isdir(path))  # noqa: PTH112

    def contains(self, path: str) -> bool:
        """Whether a resolved path is a source or lies inside one."""
        return path in self.all or any(path.startswith(f"{folder}/") for folder in self.folders)

    @property
    def sentence(self) -> str:
        """A sentence that names the sources."""
        return f"The sources are: {', '.join(self.all) or 'none'}."
