"""Frozen, slotted dataclasses whose methods are made when they are first called.

`dataclass` writes and compiles six methods for every class, which was a quarter of the time to the
first frame; most of the classes that are imported until then are not used before some command.
Only `__init__` is compiled, when the first value is made.
"""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any, Final, NoReturn, TypeVar, dataclass_transform

_T = TypeVar("_T")
_Method = Callable[..., Any]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[_T]) -> type[_T]:
    """Make of a class what `dataclass(frozen=True, slots=True)` makes of it, much more quickly.

    `fields`, `replace` and `match` work as with any dataclass.
    """
    cls.__doc__ = cls.__doc__ or cls.__name__  # Else one is made of the signature: a millisecond.
    late = [name for name in _WRITERS if name not in vars(cls)]
    made = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    for name in late:
        setattr(made, name, _late(made, name))
    setattr(made, "__setattr__", _refuse)  # noqa: B010 (mypy takes an assignment for a mistake)
    setattr(made, "__delattr__", _refuse)  # noqa: B010
    setattr(made, "__reduce__", _taken_apart)  # noqa: B010 (copying would set the fields)
    return made


def _late(cls: type[Any], name: str) -> Callable[..., object]:
    """Return a method that puts the real one into its place, and is that from then on."""

    def method(self: object, *args: object, **named: object) -> object:
        real = _written(cls, name)
        setattr(cls, name, real)
        result: object = real(self, *args, **named)
        return result

    return method


def _written(cls: type[Any], name: str) -> _Method:
    """Return one method, as `dataclass` would have written it."""
    method = _WRITERS[name](cls, fields(cls))
    method.__name__, method.__qualname__ = name, f"{cls.__qualname__}.{name}"
    return method


def _init(cls: type[Any], every: tuple[Field[Any], ...]) -> _Method:
    """Compile the one method whose arguments have the names of the fields."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_missing": MISSING}
    for one in every:
        known[f"_{one.name}_default"], known[f"_{one.name}_made"] = one.default, one.default_factory
    lines = [line for one in every for line in _setting(one)]
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    named = ["*", *(_argument(one) for one in every if one.init and one.kw_only)]
    plain = [_argument(one) for one in every if one.init and not one.kw_only]
    arguments = ", ".join(["self", *plain, *(named if len(named) > 1 else ())])
    body = "\n ".join(lines) or "pass"
    exec(f"def __init__({arguments}):\n {body}", known)  # noqa: S102 (names of fields, no more)
    method: _Method = known["__init__"]
    return method


def _argument(one: Field[Any]) -> str:
    if one.default is not MISSING:
        return f"{one.name}=_{one.name}_default"
    return one.name if one.default_factory is MISSING else f"{one.name}=_missing"


def _setting(one: Field[Any]) -> Iterator[str]:
    """Return the line that sets a field; none where `__post_init__` has to."""
    value = one.name
    if one.default_factory is not MISSING:
        made = f"_{one.name}_made()"
        value = f"{made} if {one.name} is _missing else {one.name}" if one.init else made
    elif not one.init:
        if one.default is MISSING:
            return
        value = f"_{one.name}_default"
    yield f"_set(self, {one.name!r}, {value})"


def _repr(_cls: type[Any], every: tuple[Field[Any], ...]) -> _Method:
    shown = [one.name for one in every if one.repr]

    @recursive_repr()
    def method(self: object) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__qualname__}({values})"

    return method


def _eq(_cls: type[Any], every: tuple[Field[Any], ...]) -> _Method:
    values = _values([one.name for one in every if one.compare])

    def method(self: object, other: object) -> object:
        if other.__class__ is self.__class__:
            return values(self) == values(other)
        return NotImplemented

    return method


def _hash(_cls: type[Any], every: tuple[Field[Any], ...]) -> _Method:
    hashed = [one.name for one in every if (one.compare if one.hash is None else one.hash)]
    values = _values(hashed)

    def method(self: object) -> int:
        return hash(values(self))

    return method


def _values(names: list[str]) -> Callable[[object], tuple[object, ...]]:
    """Return what takes the values of some fields out of an object."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


_WRITERS: Final = {"__init__": _init, "__repr__": _repr, "__eq__": _eq, "__hash__": _hash}


def _refuse(_self: object, name: str, *_value: object) -> NoReturn:
    raise FrozenInstanceError(f"{name!r} of a frozen value cannot be set or deleted")


def _taken_apart(self: object) -> tuple[object, ...]:
    """Return how a copy is made: a function and its arguments."""
    cls: type[Any] = type(self)
    return _put_together, (cls, [getattr(self, one.name) for one in fields(cls)])


def _put_together(cls: type[Any], parts: list[object]) -> object:
    made = object.__new__(cls)
    for one, part in zip(fields(cls), parts, strict=True):
        object.__setattr__(made, one.name, part)
    return made
