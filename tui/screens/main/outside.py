"""The writer's own editor, which gets a text in a file of its own and the terminal."""

import asyncio
import re
import shlex
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from tui.domain.errors import RedraftError
from tui.domain.frozen import frozen

_GOES_TO_LINE: Final = frozenset(
    {"vi", "vim", "nvim", "gvim", "nano", "emacs", "micro", "kak", "joe", "jed", "mg", "ne"}
)
"""Editors that go to a line when they are told `+LINE` before the file."""


@frozen
class OutsidePlace:
    """What an editor is to show."""

    title: str
    """What the file is named after."""
    line: int = 1
    """The line with the cursor, from 1."""

    @property
    def file(self) -> str:
        """The name of the file: the title's letters and digits."""
        words = re.sub(r"\W+", "-", self.title.casefold()).strip("-_")
        return f"{words[:60] or 'draft'}.md"


async def edited_outside(
    command: str,
    text: str,
    place: OutsidePlace,
    suspended: Callable[[], AbstractContextManager[None]],
) -> tuple[str, int]:
    """Return a text as an editor left it, and the editor's exit code.

    `suspended` gives the terminal away for a while. Raises `RedraftError` when the editor cannot
    start, or left what is no text: that stays where it is, and the sentence says where.
    """
    file = await asyncio.to_thread(_filled_file, text, place.file)
    with suspended():
        try:
            editor = await asyncio.create_subprocess_exec(*_arguments(command, place), str(file))
        except (OSError, ValueError) as error:
            await asyncio.to_thread(shutil.rmtree, file.parent, ignore_errors=True)
            raise RedraftError(f"The editor “{command}” cannot start: {error}.") from error
        code = await editor.wait()
    try:
        text = await asyncio.to_thread(file.read_text, "utf-8")
    except UnicodeDecodeError as error:
        raise RedraftError(
            f"What the editor left in {file} is not UTF-8, so the draft stays as it was: "
            "save it there as UTF-8 and paste it in."
        ) from error
    except OSError as error:
        why = error.strerror or str(error)
        raise RedraftError(
            f"What the editor left in {file} cannot be read ({why}): the draft stays as it was."
        ) from error
    await asyncio.to_thread(shutil.rmtree, file.parent, ignore_errors=True)
    return text, code


def _arguments(command: str, place: OutsidePlace) -> list[str]:
    words = shlex.split(command)
    knows_lines = bool(words) and Path(words[0]).name in _GOES_TO_LINE
    return [*words, f"+{place.line}"] if knows_lines and place.line > 1 else words


def _filled_file(text: str, name: str) -> Path:
    try:
        file = Path(tempfile.mkdtemp(prefix="redraft-")) / name
        file.write_text(text, "utf-8")
    except (OSError, UnicodeEncodeError) as error:
        raise RedraftError(f"The draft cannot be handed to an editor: {error}.") from error
    return file
