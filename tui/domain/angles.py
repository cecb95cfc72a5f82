"""Angles: prompts that a writer uses again and again, each a small Markdown file.

```
---
title: For newcomers
kinds: post, article
---
Rewrite this for {{audience=people who are new to the subject}}.
```
The front matter may be missing. `{{audience}}` is a variable: it is asked for when the angle is
used; what stands after `=` is taken where nothing is answered.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tui.domain.checks import NAME_LIMIT
from tui.domain.errors import InvalidInput, NotFound
from tui.domain.frozen import frozen
from tui.domain.plain import plain
from tui.domain.words import capitalized

SUFFIX: Final = ".md"
_EDGE: Final = "---"
_VARIABLE: Final = re.compile(r"\{\{[ \t]*([^\W\d_][\w-]*)[ \t]*(?:=([^{}\n]*))?\}\}")
_LINE: Final = re.compile(r"([A-Za-z]+)[ \t]*:(.*)")
_QUOTES: Final = ('"', "'")


@frozen
class Variable:
    """A place in a prompt that is filled in each time it is used."""

    name: str
    default: str
    """The default value; empty where an answer is required."""

    @property
    def label(self) -> str:
        """The variable's name as words."""
        return _as_words(self.name)


@frozen
class Angle:
    """A prompt that is used again and again."""

    name: str
    """The name of its file, without the ending; untrusted text, as all of it is."""
    title: str
    prompt: str
    kinds: tuple[str, ...] = ()
    """The kinds of content that the angle is for, in lower case; empty for all."""

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The prompt's variables, each once and in order; the first default counts."""
        defaults: dict[str, str] = {}
        for match in _VARIABLE.finditer(self.prompt):
            default = (match[2] or "").strip()
            defaults[match[1]] = defaults.get(match[1]) or default
        return tuple(Variable(name, default) for name, default in defaults.items())

    def fits(self, kind: str) -> bool:
        """Whether the angle is for a kind of content."""
        return not self.kinds or kind.lower() in self.kinds

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the prompt with its variables filled in; unknown names are ignored.

        Values are inserted unchanged. Raises `InvalidInput` for a variable without a value.
        """
        answers = {
            one.name: values.get(one.name, "").strip() or one.default for one in self.variables
        }
        missing = [name for name, answer in answers.items() if not answer]
        if missing:
            raise InvalidInput(
                f"The angle “{self.name}” needs to know: {', '.join(missing)}. Say what to put in."
            )
        return _VARIABLE.sub(lambda match: answers[match[1]], self.prompt)


@frozen
class FoundAngles:
    """The angles found in a folder, and the problems."""

    angles: tuple[Angle, ...] = ()
    problems: tuple[str, ...] = ()
    """A sentence for every file that was left out."""


def parsed(name: str, text: str) -> Angle:
    """Return the angle parsed from a file; raises `InvalidInput` with the reason.

    Without a title, the angle is named after its file.
    """
    file = f"The angle “{plain(name)}{SUFFIX}”"
    if not name.isprintable():
        raise InvalidInput(f"{file} has characters in its name that cannot be shown: rename it.")
    head, body = _parted(file, text.removeprefix("\ufeff").replace("\r\n", "\n"))
    given: dict[str, str] = {}
    for number, line in enumerate(head, 2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key = _LINE.fullmatch(line.strip())
        if key is None or key[1].lower() not in ("title", "kinds"):
            raise InvalidInput(
                f"{file} has a line {number} that is neither “title: …” nor “kinds: …”: mend it, "
                "or leave it out."
            )
        given[key[1].lower()] = key[2].strip()
    title = " ".join(_unquoted(given.get("title", "")).split()) or _title_of(name)
    if not title.strip():
        raise InvalidInput(f"{file} has neither a name nor a title: rename it.")
    if len(title) > NAME_LIMIT:
        raise InvalidInput(
            f"{file} has a title of {len(title)} characters; {NAME_LIMIT} is the most."
        )
    if not body.strip():
        raise InvalidInput(f"{file} has no prompt: write what Claude should do below its title.")
    return Angle(name, title, body.strip(), _kinds(given.get("kinds", "")))


def written(angle: Angle) -> str:
    """Return the text of an angle's file."""
    quote = next((one for one in _QUOTES if angle.title[:1] == one == angle.title[-1:]), "")
    head = [f"title: {quote}{angle.title}{quote}"]
    if angle.kinds:
        head.append(f"kinds: {', '.join(angle.kinds)}")
    return "\n".join([_EDGE, *head, _EDGE, "", angle.prompt, ""])


def merged(shipped: Iterable[Angle], own: Iterable[Angle]) -> tuple[Angle, ...]:
    """Return the shipped angles, followed by the writer's own.

    The writer's own angle replaces a shipped one of the same name.
    """
    mine = {angle.name: angle for angle in own}
    first = [mine.pop(angle.name, angle) for angle in shipped]
    return (*first, *mine.values())


def find_angle(angles: Sequence[Angle], reference: str) -> Angle:
    """Return the angle with a name, or else a title; raises `NotFound` naming those there are."""
    exact = {angle.name: angle for angle in angles}
    typed = reference.strip().removesuffix(SUFFIX)
    angle = exact.get(reference) or exact.get(typed)
    if angle is not None:
        return angle
    for angle in angles:
        if typed.casefold() in (angle.name.casefold(), angle.title.casefold()):
            return angle
    names = ", ".join(angle.name for angle in angles)
    raise NotFound(f"There is no angle “{reference}”; there are: {names}.")


def _parted(file: str, text: str) -> tuple[list[str], str]:
    """Return the lines of the front matter, and what comes below it."""
    lines = text.split("\n")
    if lines[0].rstrip() != _EDGE:
        return [], text
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == _EDGE:
            return lines[1:number], "\n".join(lines[number + 1 :])
    raise InvalidInput(f"{file} begins with {_EDGE} but has no second one: put it below its title.")


def _kinds(value: str) -> tuple[str, ...]:
    inner = value.removeprefix("[").removesuffix("]")
    kinds = (" ".join(_unquoted(one.strip()).split()).lower() for one in inner.split(","))
    return tuple(dict.fromkeys(kind for kind in kinds if kind))


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] in _QUOTES and value[-1] == value[0]
    return value[1:-1] if is_quoted else value


def _title_of(name: str) -> str:
    return _as_words(name)[:NAME_LIMIT] or name


def _as_words(name: str) -> str:
    return capitalized(" ".join(name.replace("-", " ").replace("_", " ").split()))
