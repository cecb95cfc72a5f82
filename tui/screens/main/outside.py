"""The writer's own editor, which gets a text in a file of its own and the terminal."""

import asyncio
import shlex
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from tui.domain.errors import RedraftError


async def edited_outside(
    command: str, text: str, suspended: Callable[[], AbstractContextManager[None]]
) -> tuple[str, int]:
    """Return a text as an editor left it, and the editor's exit code.

    `suspended` gives the terminal away for a while. Raises `RedraftError` when the editor cannot
    start, or left what is no text: that stays where it is, and the sentence says where.
    """
    file = await asyncio.to_thread(_filled_file, text)
    with suspended():
        try:
            editor = await asyncio.create_subprocess_exec(*shlex.split(command), str(file))
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


def _filled_file(text: str) -> Path:
    try:
        file = Path(tempfile.mkdtemp(prefix="redraft-")) / "draft.md"
        file.write_text(text, "utf-8")
    except (OSError, UnicodeEncodeError) as error:
        raise RedraftError(f"The draft cannot be handed to an editor: {error}.") from error
    return file
