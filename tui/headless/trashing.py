"""`redraft restore`: a content comes back from the trash."""

from typing import Final

from tui.domain.status import status_words
from tui.headless.output import Out, one_line
from tui.headless.shapes import content_json
from tui.headless.subcommand import Subcommand, add_content, runs
from tui.studio.studio import Studio


async def restore_content(
    studio: Studio, out: Out, *, reference: str, as_json: bool = False
) -> int:
    """Bring a content back from the trash: an id, the start of one, or an exact title."""
    content = await studio.trash.restore(reference)
    if as_json:
        out.json(content_json(content))
    else:
        out.line(f"“{one_line(content.title)}” is back: it is {status_words(content.status)}.")
    return 0


RESTORE: Final = Subcommand(add_content, runs(restore_content))
