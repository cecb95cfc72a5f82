"""Emptying of the trash, and of Claude Code's own transcripts of its pieces on request."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tui.composition.opening import library_check, open_store
from tui.domain.findings import Finding

_MOST_NAMED: Final = 3

_log = logging.getLogger("redraft")


async def empty_trash(library: Path, is_wanted: Callable[[str], bool]) -> list[Finding]:
    """Delete for good what is in a library's trash.

    `is_wanted` is given a question to the person and returns the answer: whether to delete Claude
    Code's transcripts too, those of sessions that Redraft made and no piece of the library uses.
    """
    from tui.agent.removing import delete_transcripts, transcripts_of  # noqa: PLC0415

    check = library_check(library)
    if not await check.is_there():
        return [_deleted(0)]
    trashed = await check.sessions_in_trash()
    async with open_store(library) as store:
        findings = [_deleted(await store.empty_trash())]
    # Looked up after the deletion: a piece may have been restored, or have stayed in the trash.
    gone = sorted(trashed - await check.sessions())
    paths = await asyncio.to_thread(transcripts_of, gone)
    if not paths:
        return findings
    question = (
        f"Claude Code keeps its own transcripts of what was deleted, {_files(paths)}, with the "
        "text of the pieces in them. Delete those too?"
    )
    if not is_wanted(question):
        return [*findings, _kept(paths, "Delete them there if nobody may read them.")]
    stayed = await asyncio.to_thread(delete_transcripts, gone)
    if stayed:
        why = "They are open in another program, or may not be deleted; the log says more."
        return [*findings, _kept(stayed, why, is_fine=False)]
    sentence = f"Claude Code's own transcripts of it were deleted too: {_files(paths)}."
    return [*findings, Finding("trash", True, sentence)]


def _deleted(count: int) -> Finding:
    if not count:
        return Finding("trash", True, "Nothing was in it.")
    what = "1 piece was" if count == 1 else f"{count} pieces were"
    return Finding("trash", True, f"{what} deleted for good.")


def _kept(paths: Sequence[Path], advice: str, *, is_fine: bool = True) -> Finding:
    for path in paths:
        _log.info("Kept by Claude Code: %s", path)
    named = ", ".join(str(path) for path in paths[:_MOST_NAMED])
    more = f" and {len(paths) - _MOST_NAMED} more, which the log names" * (len(paths) > _MOST_NAMED)
    sentence = f"Claude Code still has its own transcripts, with the text in them: {named}{more}."
    return Finding("trash", is_fine, f"{sentence} {advice}")


def _files(paths: Sequence[Path]) -> str:
    return "1 file" if len(paths) == 1 else f"{len(paths)} files"
