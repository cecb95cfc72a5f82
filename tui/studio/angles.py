"""The angles of a library: those that come with Redraft, and the writer's own."""

import asyncio
from functools import cache
from importlib.resources import files
from typing import Final

from tui.domain.angles import SUFFIX, Angle, FoundAngles, find_angle, merged, parsed, written
from tui.domain.errors import RedraftError
from tui.studio.ports import OwnAngles

LONGEST_LOOK: Final = 2.0
"""Timeout in seconds for a library that does not answer; its angles are then left out."""


@cache
def shipped_angles() -> tuple[Angle, ...]:
    """Return the angles that come with Redraft, by name; the files are read only once."""
    found = [
        file for file in files("tui").joinpath("angles").iterdir() if file.name.endswith(SUFFIX)
    ]
    return tuple(
        parsed(file.name.removesuffix(SUFFIX), file.read_text("utf-8"))
        for file in sorted(found, key=lambda file: file.name)
    )


class Angles:
    """The angles of one library."""

    def __init__(self, own: OwnAngles) -> None:
        self._own = own

    async def all(self) -> FoundAngles:
        """Return all angles, and a sentence for each that cannot be read; never raises."""
        shipped = await asyncio.to_thread(shipped_angles)
        try:
            async with asyncio.timeout(LONGEST_LOOK):
                own = await self._own.read()
        except TimeoutError:
            sentence = (
                f"The library did not answer within {LONGEST_LOOK:g} s, so your own angles are "
                "missing."
            )
            own = FoundAngles(problems=(sentence,))
        except RedraftError as problem:
            own = FoundAngles(problems=(str(problem),))
        return FoundAngles(merged(shipped, own.angles), own.problems)

    async def copy(self, name: str) -> str:
        """Copy a shipped angle into the library, where it can be edited; return the full path.

        Raises `NotFound` when no shipped angle has that name, `Refused` when the library already
        has one.
        """
        angle = find_angle(await asyncio.to_thread(shipped_angles), name)
        return await self._own.save(angle.name, written(angle))
