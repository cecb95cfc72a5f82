"""Style sheets that are parsed once for all apps of a test process."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from weakref import WeakKeyDictionary

from textual.css.model import RuleSet, SelectorType
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

_Colours = tuple[tuple[str, str], ...]
_Kind = tuple[type[DOMNode], str | None, frozenset[str]]
"""Type, id and classes of a node."""
_Flags = tuple[bool, bool, bool, bool]
_OF_EVERY_NODE: Final = {SelectorType.UNIVERSAL, SelectorType.NESTED}
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


class _Sheet:
    """The rules of a style sheet, and which pseudo-classes they ask of a node."""

    def __init__(self, rules: list[RuleSet]) -> None:
        self.rules = rules
        self._asked: dict[tuple[SelectorType, str], set[str]] = defaultdict(set)
        self._names: dict[_Kind, tuple[str, ...]] = {}
        for rule in rules:
            for selectors in rule.selector_set:
                for one in selectors.selectors:
                    name = "" if one.type in _OF_EVERY_NODE else one.name
                    kind = SelectorType.UNIVERSAL if one.type in _OF_EVERY_NODE else one.type
                    self._asked[kind, name] |= one.pseudo_classes

    def asked(self, kind: _Kind, node: DOMNode) -> tuple[str, ...]:
        """Return the pseudo-classes that some rule names of nodes of this kind."""
        names = self._names.get(kind)
        if names is None:
            selectors = [
                (SelectorType.UNIVERSAL, ""),
                *((SelectorType.TYPE, name) for name in node._css_type_names),
                *((SelectorType.CLASS, name) for name in node._classes),
                (SelectorType.ID, node._id or ""),
            ]
            found = set[str]().union(*(self._asked.get(one, ()) for one in selectors))
            names = self._names[kind] = tuple(sorted(found))
        return names


_of_rules: dict[tuple[int, ...], _Sheet] = {}
_of_sheet: WeakKeyDictionary[Stylesheet, tuple[list[RuleSet], _Sheet]] = WeakKeyDictionary()
"""With the list that it was made from: rules are read anew into another one."""
_given: dict[tuple[object, ...], tuple[_Flags, RulesMap | None]] = {}
"""What nodes were given, by all that rules can ask of them."""
_noted: dict[int, RulesMap | None] = {}
"""What is given to nodes (by identity) whose rules are being worked out."""
_apply, _replace = Stylesheet.apply, Stylesheet.replace_rules
_MOST = 50_000


def apply_styles_once() -> None:
    """Let a node take the rules that were worked out for one that no rule can tell from it.

    Matching rules is a sixth of the tests of the screen, most of it in apps that begin alike.
    What a rule can ask for is type, id, classes and pseudo-classes of the nodes on the way down.
    """
    Stylesheet.apply = _apply_once  # type: ignore[method-assign]
    Stylesheet.replace_rules = classmethod(_replace_changed)  # type: ignore[method-assign,assignment]


@contextmanager
def styles_worked_out() -> Iterator[None]:
    """Have Textual itself work rules out, for a test of just that."""
    once, Stylesheet.apply = Stylesheet.apply, _apply  # type: ignore[method-assign]
    try:
        yield
    finally:
        Stylesheet.apply = once  # type: ignore[method-assign]


def _apply_once(
    self: Stylesheet,
    node: DOMNode,
    *,
    animate: bool = False,
    cache: dict[tuple[Any, ...], RulesMap] | None = None,
) -> None:
    key = _all_that_is_asked(_sheet(self), node)
    known = _given.get(key)
    if known is not None:
        flags, rules = known
        (
            node._has_hover_style,
            node._has_focus_within,
            node._has_order_style,
            node._has_odd_or_even,
        ) = flags
        if rules is not None:
            self.replace_rules(node, rules, animate=animate)
        self._process_component_classes(node)
        return
    _noted[id(node)] = None
    try:
        _apply(self, node, animate=animate)
    finally:
        rules = _noted.pop(id(node))
    if len(_given) > _MOST:
        _given.clear()
    _given[key] = (
        (
            node._has_hover_style,
            node._has_focus_within,
            node._has_order_style,
            node._has_odd_or_even,
        ),
        rules,
    )


def _sheet(stylesheet: Stylesheet) -> _Sheet:
    rules = stylesheet.rules
    made = _of_sheet.get(stylesheet)
    if made is not None and made[0] is rules:
        return made[1]
    ids = tuple(map(id, rules))
    sheet = _of_rules.get(ids)
    if sheet is None:
        sheet = _of_rules[ids] = _Sheet(rules)
    _of_sheet[stylesheet] = rules, sheet
    return sheet


def _all_that_is_asked(sheet: _Sheet, node: DOMNode) -> tuple[object, ...]:
    key: list[object] = [sheet]
    one: object = node
    while isinstance(one, DOMNode):
        kind = (type(one), one._id, frozenset(one._classes))
        names = sheet.asked(kind, one)
        key.append(kind)
        if names:
            key.append(tuple([one.has_pseudo_class(name) for name in names]))
        one = one._parent
    return tuple(key)


def _replace_changed(
    cls: type[Stylesheet], node: DOMNode, rules: RulesMap, animate: bool = False
) -> None:
    if id(node) in _noted:
        _noted[id(node)] = rules
    if animate:
        _replace(node, rules, animate=True)
        return
    base = node.styles.base
    had = base._rules
    if had != rules:
        given: dict[str, object] = {**rules}
        for name in [
            name
            for name in had.keys() | given.keys()
            if name not in had or name not in given or had[name] != given[name]  # type: ignore[literal-required]
        ]:
            setattr(base, name, given.get(name))
    node.notify_style_update()
