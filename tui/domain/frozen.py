"""Frozen, slotted dataclasses whose methods are made when they are first called.

`dataclass` writes and compiles six methods for every class, which was a quarter of the time to the
first frame; most of the classes that are imported until then are not used before some command.
"""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields, make_dataclass
from typing import Any, Final, NoReturn, TypeVar, dataclass_transform

_METHODS: Final = ("__init__", "__repr__", "__eq__", "__hash__")
_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[_T]) -> type[_T]:
    """Make of a class what `dataclass(frozen=True, slots=True)` makes of it, much more quickly.

    `fields`, `replace` and `match` work as with any dataclass.
    """
    late = [name for name in _METHODS if name not in vars(cls)]
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


def _written(cls: type[Any], name: str) -> Callable[..., object]:
    """Have `dataclass` write one method, in a class of the same fields."""
    twin = make_dataclass(
        cls.__name__,
        [(one.name, one.type, one) for one in fields(cls)],
        namespace={"__post_init__": None} if hasattr(cls, "__post_init__") else {},
        init=name == "__init__",
        repr=name == "__repr__",
        eq=name in {"__eq__", "__hash__"},
        unsafe_hash=name == "__hash__",
        frozen=name == "__init__",
        slots=name == "__init__",  # Else a field that has a default and `init=False` is not set.
    )
    method: Callable[..., object] = vars(twin)[name]
    return method


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
