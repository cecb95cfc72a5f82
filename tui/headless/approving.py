"""`redraft approve`, `reopen`, `publish` and `verify`: one exact text on its way out."""

from argparse import ArgumentParser
from typing import Final

from tui.domain.content import Content
from tui.domain.frozen import frozen
from tui.domain.ids import ContentId
from tui.domain.status import Status, status_words
from tui.domain.words import counted, text_hash
from tui.headless.file_arguments import file_named, read_text, replace_hint
from tui.headless.finding import chosen_branch, chosen_version, found_content
from tui.headless.output import Out, one_line
from tui.headless.shapes import content_json, version_json
from tui.headless.subcommand import Subcommand, add_content, add_replace, parse_number, runs
from tui.studio.studio import Studio


@frozen
class Verdict:
    """Whether a text is the approved one of some content, with a sentence that says so."""

    is_approved: bool
    sentence: str
    content: ContentId | None = None


NOWHERE: Final = Verdict(False, "This text is not the approved version of any piece.")


async def approve_version(
    studio: Studio,
    out: Out,
    *,
    reference: str,
    number: int | None = None,
    as_json: bool = False,
) -> int:
    """Approve one exact version, main's newest when none is named."""
    content = await found_content(studio, reference)
    version = chosen_version(content, number, chosen_branch(content, None))
    content = await studio.decisions.approve(content.id, version.number)
    approval = content.approvals[-1]
    if as_json:
        out.json({**version_json(content, version), "approved_at": approval.at.isoformat()})
    else:
        title, words = one_line(content.title), counted(version.words)
        out.line(f"Approved v{version.number} of “{title}”: {words}, sha256 {approval.sha256}")
    return 0


async def reopen_content(studio: Studio, out: Out, *, reference: str, as_json: bool = False) -> int:
    """Take a content back to draft, out of review or the archive too; approvals stay on record."""
    content = await found_content(studio, reference)
    if content.status is Status.ARCHIVED:
        content = await studio.decisions.unarchive(content.id)
    else:
        content = await studio.decisions.move(content.id, Status.DRAFT)
    if as_json:
        out.json(content_json(content))
    else:
        out.line(f"“{one_line(content.title)}” is {status_words(content.status)} again.")
    return 0


async def publish_content(
    studio: Studio,
    out: Out,
    *,
    reference: str,
    target: str,
    replace: bool = False,
    as_json: bool = False,
) -> int:
    """Write the approved text to a file, whole or not at all, and mark it published.

    The file is written before anything is marked, and only when marking is legal. Without
    `replace` no file is written over but one that is just as the content was last published to it.
    """
    content = await found_content(studio, reference)
    file = file_named(target)
    with replace_hint():
        content, version = await studio.decisions.publish_to_file(content.id, file, replace=replace)
    if as_json:
        out.json({**version_json(content, version), "target": str(file)})
    else:
        out.line(
            f"Published v{version.number} of “{one_line(content.title)}” to {one_line(target)}"
        )
    return 0


async def verify_text(
    studio: Studio,
    out: Out,
    *,
    reference: str | None = None,
    file: str | None = None,
    as_json: bool = False,
) -> int:
    """Say whether a text is the approved one; exit code 1 when it is not.

    The text is the file's, or the content's newest draft on main. Without a content, the file may
    be any content's approved text; with neither, every approval's stored text is checked.
    """
    if reference is not None:
        contents = [await found_content(studio, reference)]
    else:
        rows = (await studio.catalog()).rows
        approved = [row.id for row in rows if row.approved_version is not None]
        contents = [await studio.content(content_id) for content_id in approved]
    text = None if file is None else read_text(file)
    verdicts = [_verdict(content, text, is_named=reference is not None) for content in contents]
    if text is not None and reference is None:
        verdicts = [verdict for verdict in verdicts if verdict.is_approved] or [NOWHERE]
    is_good = all(verdict.is_approved for verdict in verdicts)
    if as_json:
        contents_named = [verdict.content for verdict in verdicts if verdict.content is not None]
        sentences = [verdict.sentence for verdict in verdicts]
        out.json({"is_approved": is_good, "contents": contents_named, "sentences": sentences})
        return 0 if is_good else 1
    for verdict in verdicts:
        (out.line if verdict.is_approved else out.report)(one_line(verdict.sentence))
    if not verdicts:
        out.report("Nothing is approved yet.")
    return 0 if is_good else 1


def _verdict(content: Content, text: str | None, *, is_named: bool) -> Verdict:
    title, approval = f"“{content.title}”", content.approval
    if approval is None:
        return Verdict(False, f"{title} has no approved version.", content.id)
    stored = content.version(approval.version)
    name = f"v{approval.version} of {title}"
    if text_hash(stored.text) != approval.sha256:
        sentence = f"The stored text of {name} is not the one that was approved."
        return Verdict(False, sentence, content.id)
    if text is not None:
        if approval.sha256 in _hashes(text):
            sentence = f"This text is {name}, approved {approval.at:%Y-%m-%d}."
            return Verdict(True, sentence, content.id)
        return Verdict(False, f"This text is not {name}, which was approved.", content.id)
    draft = content.draft(content.main)
    if is_named and draft is not None and draft.sha256 != approval.sha256:
        sentence = f"v{draft.number} of {title} is not approved; v{stored.number} is."
        return Verdict(False, sentence, content.id)
    return Verdict(True, f"{name} is the text that was approved.", content.id)


def _hashes(text: str) -> tuple[str, ...]:
    """Return the hash of a text, and without the line end that editors put at the end."""
    if text.endswith("\n"):
        return text_hash(text), text_hash(text.removesuffix("\n").removesuffix("\r"))
    return (text_hash(text),)


def _add_approve(parser: ArgumentParser) -> None:
    add_content(parser)
    parser.add_argument(
        "--version", type=parse_number, metavar="N", dest="number", help="default: main's newest"
    )


def _add_publish(parser: ArgumentParser) -> None:
    add_content(parser)
    parser.add_argument(
        "-o", dest="target", metavar="FILE", required=True, help="the file to write"
    )
    add_replace(parser)


def _add_verify(parser: ArgumentParser) -> None:
    add_content(parser, is_optional=True)
    parser.add_argument("--file", metavar="F", help="the text to look at, - for stdin")


APPROVE: Final = Subcommand(_add_approve, runs(approve_version))
REOPEN: Final = Subcommand(add_content, runs(reopen_content))
PUBLISH: Final = Subcommand(_add_publish, runs(publish_content))
VERIFY: Final = Subcommand(_add_verify, runs(verify_text))
