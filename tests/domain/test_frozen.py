"""What is `frozen` is what a frozen, slotted dataclass is; its methods are made later."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from tui.domain.frozen import frozen


@frozen
class Point:
    x: int
    y: int = 0
    name: str = field(default="", compare=False)
    tags: list[str] = field(default_factory=list, hash=False)
    total: int = field(init=False, repr=False, compare=False)
    kept: str = field(default="", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", self.x + self.y)

    def moved(self) -> "Point":
        return replace(self, x=self.x + 1)


@dataclass(frozen=True, slots=True)
class Model:
    x: int
    y: int = 0
    name: str = field(default="", compare=False)
    tags: list[str] = field(default_factory=list, hash=False)
    total: int = field(init=False, repr=False, compare=False)
    kept: str = field(default="", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", self.x + self.y)


@frozen
class Deep(Point):
    z: int = 3


@frozen
class Choice:
    x: int
    y: int = field(default=1, kw_only=True)
    z: int = 2


@frozen
class Box:
    held: list[object]


@frozen
class Named:
    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"


def test_a_frozen_value_is_what_a_frozen_dataclass_is() -> None:
    one, model = Point(1, 2, name="a"), Model(1, 2, name="a")
    assert repr(one) == repr(model).replace("Model", "Point")
    assert hash(one) == hash(model)
    assert one == Point(1, 2, "b")
    assert one not in (Point(1, 3), model)
    assert [each.name for each in fields(one)] == [each.name for each in fields(model)]
    assert (one.total, one.kept) == (3, "")
    assert one.moved() == Point(2, 2)
    assert one.moved().total == 4
    assert one.tags == []
    assert one.tags is not Point(1).tags
    assert not hasattr(one, "__dict__")
    match one:
        case Point(x, y):
            assert (x, y) == (1, 2)


def test_a_frozen_value_does_not_change() -> None:
    one = Point(1)
    with pytest.raises(FrozenInstanceError):
        one.x = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        delattr(one, "x")
    assert one.x == 1


def test_a_frozen_value_refuses_what_it_has_no_field_for() -> None:
    make: Callable[..., Point] = Point
    for wrong in ({"x": 1, "w": 2}, {}, {"x": 1, "total": 2}):
        with pytest.raises(TypeError):
            make(**wrong)


def test_a_frozen_value_says_what_is_missing() -> None:
    make: Callable[..., Point] = Point
    with pytest.raises(TypeError, match=r"^Point\.__init__\(\) missing 1 required .*: 'x'$"):
        make()


def test_a_field_may_be_set_by_name_only() -> None:
    assert Choice(1, 3, y=4) == Choice(x=1, y=4, z=3) != Choice(1, 3)
    make: Callable[..., Choice] = Choice
    with pytest.raises(TypeError):
        make(1, 2, 3)


def test_a_frozen_value_that_holds_itself_can_be_shown() -> None:
    box = Box([])
    box.held.append(box)
    assert repr(box) == "Box(held=[...])"
    number = float("nan")
    assert Box([number]) == Box([number])


def test_a_frozen_value_can_be_copied() -> None:
    one = Point(1, tags=["a"])
    for copied in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert copied == one
        assert copied.total == 1
        assert copied.tags is not one.tags


def test_a_frozen_value_may_extend_another_and_have_methods_of_its_own() -> None:
    assert Deep(1, z=4) == Deep(1, z=4) != Deep(1)
    assert Deep(1) != Point(1)
    assert repr(Named("a")) == "<a>"


def test_a_method_is_made_when_it_is_called_first() -> None:
    @frozen
    class Late:
        x: int

    methods = ("__init__", "__repr__", "__eq__", "__hash__")
    before = {name: vars(Late)[name] for name in methods}
    late = Late(1)
    assert [name for name in methods if vars(Late)[name] is not before[name]] == ["__init__"]
    assert (late == Late(1), hash(late) == hash(Late(1)), repr(late)[-8:]) == (
        True,
        True,
        "ate(x=1)",
    )
    assert all(vars(Late)[name] is not before[name] for name in methods)
