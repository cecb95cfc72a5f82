"""`redraft angles`: the prompts that are used again and again, and one of them filled in."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Final

from tui.domain.angles import Angle, find_angle
from tui.domain.errors import InvalidInput
from tui.headless.output import Out, one_line, plain, table
from tui.headless.shapes import angle_json
from tui.headless.subcommand import Subcommand, runs
from tui.studio.angles import shipped_angles
from tui.studio.studio import Studio

_HEADER = ("NAME", "TITLE", "FOR", "ASKS FOR")


async def show_angles(
    studio: Studio, out: Out, *, copy: str | None = None, as_json: bool = False
) -> int:
    """List all angles; with `copy` put one of Redraft's into the library and print its path."""
    if copy is not None:
        path = await studio.angles.copy(copy)
        if as_json:
            out.json({"path": path})
        else:
            out.line(plain(path))
        return 0
    found = await studio.angles.all()
    for problem in found.problems:
        out.report(problem)
    if as_json:
        shipped = shipped_angles()
        out.json([angle_json(angle, is_own=angle not in shipped) for angle in found.angles])
        return 0
    for line in table([_HEADER, *map(_cells_of, found.angles)], out.width):
        out.line(line)
    return 0


async def prompt_of_angle(
    studio: Studio, out: Out, name: str, values: Mapping[str, str], more: str
) -> str:
    """Return an angle's prompt with its variables filled in, and `more` below it.

    Raises `InvalidInput` for a variable that has no value, and for a value without a variable.
    """
    found = await studio.angles.all()
    for problem in found.problems:
        out.report(problem)
    angle = find_angle(found.angles, name)
    names = [variable.name for variable in angle.variables]
    for given in values:
        if given not in names:
            has = f"its variables are: {', '.join(names)}" if names else "it has none"
            raise InvalidInput(f"The angle “{angle.name}” has no variable “{given}”; {has}.")
    for variable in angle.variables:
        if not variable.default and not values.get(variable.name, "").strip():
            raise InvalidInput(
                f"The angle “{angle.name}” needs to know “{variable.name}”: "
                f"add --set {variable.name}=…"
            )
    prompt = angle.filled(values)
    return f"{prompt}\n\n{more}" if more.strip() else prompt


def _cells_of(angle: Angle) -> tuple[str, ...]:
    asked = ", ".join(variable.name for variable in angle.variables)
    kinds = ", ".join(angle.kinds)
    return one_line(angle.name), one_line(angle.title), one_line(kinds) or "all", asked or "–"


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--copy", metavar="NAME", help="put one of Redraft's into the library, to be edited"
    )


ANGLES: Final = Subcommand(_add_arguments, runs(show_angles))
