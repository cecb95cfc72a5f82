"""Style sheets that are parsed once for all apps of a test process."""

from typing import Any

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_parsed: dict[tuple[Any, ...], list[RuleSet]] = {}


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
        key = (tuple(sorted(self._variables.items())), args, tuple(sorted(named.items())))
        if key not in _parsed:
            _parsed[key] = parse(self, *args, **named)
        return _parsed[key]

    # The same as Textual's own, which is called a hundred thousand times a second.
    RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]
    Stylesheet._parse_rules = once  # type: ignore[method-assign]
