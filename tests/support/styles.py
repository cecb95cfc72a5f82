"""Style sheets that are parsed once for all apps of a test process."""

from typing import Any

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_Colours = tuple[tuple[str, str], ...]
_parsed: dict[tuple[Any, ...], list[RuleSet]] = {}


_sorted: dict[int, tuple[dict[str, str], _Colours]] = {}
"""By identity, with what keeps it from another: a style sheet is given its colours whole."""


def parse_styles_once() -> None:
    """Let every app take the rules that an earlier app parsed from the same text and colours.

    Parsing is a quarter of what an app costs to start. Rules are only read once they are parsed:
    Textual shares them among the widgets of an app in the same way. What cannot be parsed is not
    kept, and fails each time.
    """
    parse = Stylesheet._parse_rules
    if parse.__module__ == __name__:
        return  # Done before.

    def once(self: Stylesheet, *args: Any, **named: Any) -> list[RuleSet]:
        key = (_colours(self._variables), args, tuple(sorted(named.items())))
        if key not in _parsed:
            _parsed[key] = parse(self, *args, **named)
        return _parsed[key]

    # The same as Textual's own, which is called a hundred thousand times a second.
    RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]
    Stylesheet._parse_rules = once  # type: ignore[method-assign]


def _colours(variables: dict[str, str]) -> _Colours:
    known = _sorted.get(id(variables))
    if known is None or known[0] is not variables or len(known[1]) != len(variables):
        if len(_sorted) > 100:
            _sorted.clear()
        _sorted[id(variables)] = known = (variables, tuple(sorted(variables.items())))
    return known[1]
