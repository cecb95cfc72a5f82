"""A style sheet that works out the styles of a widget's parts only when they can have changed.

Textual matches the rules for each part (a list's highlighted row, a field's cursor) of each widget
below one whose class or focus changed: nearly half of what styles cost whenever the focus moves.
What these rules ask for seldom changes: the type, id and classes of the widgets on the way down,
and the pseudo-classes that they name.
"""

from weakref import WeakKeyDictionary

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

_Asked = tuple[object, ...]
"""All that the rules for the parts of one widget depend on."""


class ComponentsOnce(Stylesheet):
    """Textual's style sheet, with a record of what the styles of parts were worked out from."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._asked: WeakKeyDictionary[DOMNode, _Asked] = WeakKeyDictionary()
        self._named: dict[type[DOMNode], tuple[str, ...]] = {}
        self._named_by: list[RuleSet] = []

    def _process_component_classes(self, node: DOMNode) -> None:
        components = node._get_component_classes()  # noqa: SLF001
        if not components:
            return
        asked = self._what_is_asked(node, components)
        # They are cleared when a widget is removed.
        made = node._component_styles.keys()  # noqa: SLF001
        if made == components and self._asked.get(node) == asked:
            return
        super()._process_component_classes(node)
        self._asked[node] = asked

    def _what_is_asked(self, node: DOMNode, components: frozenset[str]) -> _Asked:
        names = self._pseudo_classes(type(node), components)
        path = (
            (
                type(one),
                one.id,
                one.classes,
                *(one.has_pseudo_class(name) for name in names),
            )
            for one in node.css_path_nodes
        )
        # The identity of the list: rules that are read again are another list.
        return (_Same(self._named_by), *path)

    def _pseudo_classes(self, kind: type[DOMNode], components: frozenset[str]) -> tuple[str, ...]:
        """Return those that the rules for the parts of a kind of widget name."""
        if self._named_by is not self.rules:
            self._named_by = self.rules
            self._named.clear()
        if kind not in self._named:
            selectors = {"*", DOMNode.__name__, *(f".{name}" for name in components)}
            rules = (rule for name in selectors for rule in self.rules_map.get(name, ()))
            self._named[kind] = tuple(sorted({name for r in rules for name in r.pseudo_classes}))
        return self._named[kind]


class _Same:
    """Compares an object by identity, also where the object itself compares by value."""

    def __init__(self, what: object) -> None:
        self._what = what

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other._what is self._what

    def __hash__(self) -> int:
        return id(self._what)
