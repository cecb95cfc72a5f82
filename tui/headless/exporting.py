"""`redraft export`: one draft in another form, or the whole library as an archive."""

from tui.domain.errors import InvalidInput
from tui.headless.files import STDIN, file_named
from tui.headless.formats import TextFormat
from tui.headless.output import Out
from tui.headless.showing import export_content
from tui.studio.studio import Studio


async def export_what(
    studio: Studio,
    out: Out,
    *,
    reference: str | None = None,
    is_all: bool = False,
    form: TextFormat | None = None,
    target: str | None = None,
) -> int:
    """Write a content's draft, or with `is_all` an archive; raises `InvalidInput` for neither."""
    if is_all == (reference is not None):
        raise InvalidInput("Say what to export: one CONTENT, or the whole library with --all.")
    if reference is not None:
        form = form or TextFormat.MARKDOWN
        return await export_content(studio, out, reference=reference, form=form, target=target)
    if form is not None:
        raise InvalidInput("--format goes with one CONTENT; a whole library becomes a ZIP file.")
    if target is None or target == STDIN:
        raise InvalidInput("The whole library goes into a file: name it with -o FILE.zip.")
    path = file_named(target)
    exported = await studio.doors.moving.export(path)
    for problem in exported.problems:
        out.say(problem)
    out.say(
        f"{path} holds the contents ({exported.contents}) and transcripts "
        f"({exported.transcripts}) of the library."
    )
    if exported.missing:
        out.say(
            f"The transcripts of {exported.missing} branches are gone: Claude will be told their "
            "turns again."
        )
    return 1 if exported.problems else 0
