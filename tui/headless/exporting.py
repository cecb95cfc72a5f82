"""`redraft export`: one draft in another form, or the whole library as a bundle."""

from tui.domain.errors import InvalidInput
from tui.headless.files import STDIN, file_named, told_to_replace
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
    replace: bool = False,
    as_json: bool = False,
) -> int:
    """Write a content's draft, or with `is_all` a bundle; raises `InvalidInput` for neither.

    `as_json` writes one content as JSON; of a whole library it says what the bundle holds.
    """
    if is_all == (reference is not None):
        raise InvalidInput("Say what to export: one CONTENT, or the whole library with --all.")
    if as_json and form not in (None, TextFormat.JSON):
        raise InvalidInput("--json and --format ask for different formats: choose one.")
    if reference is not None:
        form = TextFormat.JSON if as_json else form
        form = form or TextFormat.MARKDOWN
        return await export_content(
            studio, out, reference=reference, form=form, target=target, replace=replace
        )
    if form is not None:
        raise InvalidInput("--format goes with one CONTENT; a whole library becomes a ZIP file.")
    if target is None or target == STDIN:
        raise InvalidInput("The whole library goes into a file: name it with -o FILE.zip.")
    path = file_named(target)
    with told_to_replace():
        exported = await studio.services.transfer.export(path, replace=replace)
    for problem in exported.problems:
        out.say(problem)
    if as_json:
        out.json(
            {
                "file": str(path),
                "contents": exported.contents,
                "transcripts": exported.transcripts,
                "angles": exported.angles,
                "missing_transcripts": exported.missing,
                "problems": list(exported.problems),
            }
        )
        return 1 if exported.problems else 0
    out.say(
        f"{path} holds the contents ({exported.contents}) and transcripts "
        f"({exported.transcripts}) of the library."
    )
    if exported.angles:
        out.say(f"Your own angles ({exported.angles}) are in it too.")
    if exported.missing:
        out.say(
            f"The transcripts of {exported.missing} branches are gone: Claude will be told their "
            "turns again."
        )
    return 1 if exported.problems else 0
