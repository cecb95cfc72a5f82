"""`redraft export`: one draft in another form, or the whole library as a bundle."""

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path
from typing import Final

from tui.domain.content import Content
from tui.domain.errors import InvalidInput
from tui.headless.file_arguments import STDIN, file_named, replace_hint
from tui.headless.finding import chosen_branch, chosen_version, found_content
from tui.headless.formats import TextFormat, as_html, as_json_text, as_plain_text
from tui.headless.output import Out
from tui.headless.subcommand import Subcommand, Work, add_content, add_replace
from tui.studio.files import write_whole
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

    `as_json` prints one content as JSON, or says what was written to the file `target`.
    """
    if is_all == (reference is not None):
        raise InvalidInput("Say what to export: one CONTENT, or the whole library with --all.")
    if reference is not None:
        usual = TextFormat.MARKDOWN
        if as_json and _is_printed(target):
            if form not in (None, TextFormat.JSON):
                raise InvalidInput("--json and --format ask for different formats: choose one.")
            usual = TextFormat.JSON
        return await export_content(
            studio,
            out,
            reference=reference,
            form=form or usual,
            target=target,
            replace=replace,
            as_json=as_json,
        )
    if form is not None:
        raise InvalidInput("--format goes with one CONTENT; a whole library becomes a ZIP file.")
    if target is None or _is_printed(target):
        raise InvalidInput("The whole library goes into a file: name it with -o FILE.zip.")
    return await _export_library(studio, out, file_named(target), replace=replace, as_json=as_json)


async def export_content(
    studio: Studio,
    out: Out,
    *,
    reference: str,
    form: TextFormat = TextFormat.MARKDOWN,
    target: str | None = None,
    replace: bool = False,
    as_json: bool = False,
) -> int:
    """Write main's newest version in another form to stdout, or whole to a file.

    Without `replace` a file that exists is refused. `as_json` says what was written to the file.
    """
    content = await found_content(studio, reference)
    text = _formed(content, form)
    if target is None or _is_printed(target):
        out.text(text)
        if out.is_terminal:
            out.end_line()
        return 0
    path = file_named(target)
    with replace_hint():
        write_whole(path, text, replace=replace)
    if as_json:
        out.json({"content": content.id, "file": str(path), "format": form.value})
    return 0


def _is_printed(target: str | None) -> bool:
    return target is None or target == STDIN


def _formed(content: Content, form: TextFormat) -> str:
    if form is TextFormat.JSON:
        return as_json_text(content)
    version = chosen_version(content, None, chosen_branch(content, None))
    match form:
        case TextFormat.MARKDOWN:
            return version.text
        case TextFormat.HTML:
            return as_html(content.title, version.text)
        case TextFormat.PLAIN:
            return as_plain_text(version.text)


async def _export_library(
    studio: Studio, out: Out, path: Path, *, replace: bool, as_json: bool
) -> int:
    with replace_hint():
        exported = await studio.services.transfer.export(path, replace=replace)
    for problem in exported.problems:
        out.report(problem)
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
    out.report(
        f"{path} holds the pieces ({exported.contents}) and transcripts "
        f"({exported.transcripts}) of the library."
    )
    if exported.angles:
        out.report(f"Your own angles ({exported.angles}) are in it too.")
    if exported.missing:
        out.report(
            f"Branches without a transcript: {exported.missing}. Claude will be told their turns "
            "again."
        )
    return 1 if exported.problems else 0


def _add_arguments(parser: ArgumentParser) -> None:
    add_content(parser, is_optional=True)
    parser.add_argument(
        "--all", action="store_true", help="all pieces with their transcripts, as a ZIP file"
    )
    forms = [form.value for form in TextFormat]
    parser.add_argument("--format", choices=forms, help="default: md")
    parser.add_argument("-o", dest="output", metavar="FILE", help="default: stdout")
    add_replace(parser)


def _work(args: Namespace) -> Work:
    return partial(
        export_what,
        reference=args.reference,
        is_all=args.all,
        form=None if args.format is None else TextFormat(args.format),
        target=args.output,
        replace=args.replace,
        as_json=args.as_json,
    )


EXPORT: Final = Subcommand(_add_arguments, _work)
