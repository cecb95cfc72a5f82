"""Carrying a whole library to another machine: out into one archive, and in from one."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tui.domain.access import without_access
from tui.domain.content import Branch, Content
from tui.domain.errors import FileInTheWay, LibraryProblem, NotFound, RedraftError, Refused
from tui.domain.ids import BranchId, ContentId, SessionId
from tui.domain.moving import is_same, under_new_id, with_sessions
from tui.studio.archive_file import (
    LIMITS,
    ArchiveReader,
    ArchiveWriter,
    Limits,
    content_entry,
    refused,
    transcript_entry,
)
from tui.studio.ports import Archive, Clock, NewIds, Store, Transcripts


@dataclass(frozen=True, slots=True)
class Exported:
    """What an archive holds."""

    contents: int
    transcripts: int
    missing: int
    """Branches whose transcript is gone: there, their turns will be told to Claude again."""
    problems: tuple[str, ...] = ()
    """A sentence for each content that could not be read."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an archive."""

    added: tuple[ContentId, ...] = ()
    renamed: Mapping[ContentId, ContentId] = field(default_factory=dict)
    """Contents added under a new id, because another one is here under theirs: old to new."""
    skipped: tuple[ContentId, ...] = ()
    """Contents that were here already, the same."""
    transcripts: int = 0


@dataclass(slots=True)
class _Plan:
    """What is to be written, once all of it has been looked at."""

    contents: list[Content] = field(default_factory=list)
    transcripts: list[tuple[SessionId, SessionId]] = field(default_factory=list)
    """Sessions of the archive, and the ids they get here; one that two branches have, twice."""
    renamed: dict[ContentId, ContentId] = field(default_factory=dict)
    skipped: list[ContentId] = field(default_factory=list)


class Moving:
    """Writes archives of a library and takes archives in."""

    def __init__(
        self,
        store: Store,
        archive: Archive,
        transcripts: Transcripts,
        clock: Clock,
        new_ids: NewIds,
        *,
        version: Callable[[], str],
        limits: Limits = LIMITS,
    ) -> None:
        self._store = store
        self._archive = archive
        self._transcripts = transcripts
        self._clock = clock
        self._new_ids = new_ids
        self._version = version
        self._limits = limits

    async def export(self, path: Path, *, replace: bool = True) -> Exported:
        """Write the whole library with its transcripts to a file, in one step.

        Raises `FileInTheWay` when the file exists and may not be replaced, and `RedraftError` when
        it cannot be written; then the file is as it was.
        """
        try:
            writer = await asyncio.to_thread(ArchiveWriter, path, replace=replace)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            exported = await self._fill(writer)
            await asyncio.to_thread(
                writer.finish,
                version=self._version(),
                made_at=self._clock().isoformat(),
                contents=exported.contents,
                transcripts=exported.transcripts,
            )
        except FileExistsError:
            raise FileInTheWay(str(path)) from None
        except OSError as error:
            raise _unwritable(path, error) from error
        finally:
            writer.give_up()
        return exported

    async def _fill(self, writer: ArchiveWriter) -> Exported:
        catalog = await self._store.catalog()
        contents, missing = 0, 0
        sessions: set[SessionId] = set()
        problems = list(catalog.problems)
        for row in catalog.rows:
            try:
                document = await self._archive.document(row.id)
                content = await self._archive.read_document(document)
            except (LibraryProblem, NotFound) as problem:
                problems.append(str(problem))
                continue
            await asyncio.to_thread(writer.add, content_entry(row.id), document)
            contents += 1
            for branch in content.branches:
                if not branch.is_live or branch.session in sessions:
                    continue
                data = await self._transcript(branch)
                if data is None:
                    missing += 1
                    continue
                sessions.add(branch.session)
                await asyncio.to_thread(writer.add, transcript_entry(branch.session), data)
        return Exported(contents, len(sessions), missing, tuple(dict.fromkeys(problems)))

    async def _transcript(self, branch: Branch) -> bytes | None:
        """Return what can be carried of a branch's transcript; None when that is nothing."""
        try:
            transcript_entry(branch.session)
            data = await self._transcripts.read(branch.session)
            if data is None:
                return None
            return await asyncio.to_thread(self._carried_out, data, branch.session)
        except Refused:
            return None

    def _carried_out(self, data: bytes, session: SessionId) -> bytes:
        # A last line that was cut off by a crash is no reason to leave the whole behind.
        return self._transcripts.carried(data[: data.rfind(b"\n") + 1], session)

    async def take_in(self, path: Path) -> Imported:
        """Add the contents of an archive, with their transcripts; never over one that is here.

        Everything is looked at before anything is written. Raises `InvalidInput` when the file
        cannot be read, `Refused` for an archive that is not as it should be, `LibraryProblem` and
        `AgentProblem` when something cannot be written.
        """
        archive = await asyncio.to_thread(ArchiveReader, path, self._limits)
        with archive:
            plan = await self._planned(archive)
            placed: list[SessionId] = []
            added: list[ContentId] = []
            try:
                for old, new in plan.transcripts:
                    data = await asyncio.to_thread(self._carried_in, archive, old, new)
                    await self._transcripts.place(new, data)
                    placed.append(new)
                for content in plan.contents:
                    await self._store.create(content)
                    added.append(content.id)
            except BaseException as error:
                await self._take_back(placed, plan.contents[len(added) :], added)
                if added and isinstance(error, RedraftError):
                    raise type(error)(
                        f"{error} {len(added)} of {len(plan.contents)} pieces were added before; "
                        "import the archive again, and the others follow."
                    ) from error
                raise
        for session in placed:
            await self._transcripts.keep(session)
        return Imported(tuple(added), plan.renamed, tuple(plan.skipped), len(placed))

    async def _take_back(
        self, placed: list[SessionId], missing: list[Content], added: list[ContentId]
    ) -> None:
        """Remove the transcripts that no content holds."""
        unused = {branch.session for content in missing for branch in content.branches}
        for session in placed:
            if not added or session in unused:
                await self._transcripts.remove(session)

    async def _planned(self, archive: ArchiveReader) -> _Plan:
        taken = {*await self._archive.sessions_here(), *await self._transcripts.taken()}
        for session in archive.transcripts:
            await asyncio.to_thread(self._carried_in, archive, session, session)
        plan = _Plan()
        claimed: set[SessionId] = set()
        for content_id, entry in archive.contents.items():
            data = await asyncio.to_thread(archive.read, entry)
            try:
                content = await self._archive.read_document(data)
            except LibraryProblem as problem:
                raise refused(entry.filename, str(problem)) from problem
            if content.id != content_id:
                raise refused(entry.filename, "it holds another content than its name says")
            claimed.update(branch.session for branch in content.branches)
            # Paths and permissions are this machine's to give, never an archive's.
            content = without_access(content)
            here = await self._place_for(content, plan)
            if here is not None:
                plan.contents.append(self._with_sessions(here, archive, taken, plan))
        if stray := archive.transcripts.keys() - claimed:
            raise refused(transcript_entry(min(stray)), "it belongs to no content")
        return plan

    async def _place_for(self, content: Content, plan: _Plan) -> Content | None:
        """Return the content under the id it gets here; None when it is here already."""
        known = await self._known(content.id)
        if known is None:
            return content
        if is_same(known, content):
            plan.skipped.append(content.id)
            return None
        renamed = under_new_id(content)
        known = await self._known(renamed.id)
        if known is not None and is_same(known, renamed):
            plan.skipped.append(content.id)
            return None
        if known is not None:  # It has been worked on since: this one is one more.
            renamed = replace(renamed, id=self._new_ids.content())
        plan.renamed[content.id] = renamed.id
        return renamed

    async def _known(self, content_id: ContentId) -> Content | None:
        """Return a content that is here, as an archive would hold it."""
        try:
            document = await self._archive.document(content_id)
        except NotFound:
            return None
        return without_access(await self._archive.read_document(document))

    def _with_sessions(
        self, content: Content, archive: ArchiveReader, taken: set[SessionId], plan: _Plan
    ) -> Content:
        placed: dict[BranchId, tuple[SessionId, bool]] = {}
        for branch in content.branches:
            is_carried = branch.is_live and branch.session in archive.transcripts
            session = branch.session
            if session in taken or not is_carried:
                # Never a session of this machine's own, whatever the archive says.
                session = SessionId(self._new_ids.uuid())
            taken.add(session)
            placed[branch.id] = session, is_carried
            if is_carried:
                plan.transcripts.append((branch.session, session))
        return with_sessions(content, placed)

    def _carried_in(self, archive: ArchiveReader, session: SessionId, new: SessionId) -> bytes:
        entry = archive.transcripts[session]
        try:
            return self._transcripts.carried(archive.read(entry), new)
        except Refused as problem:
            if str(problem).startswith("The archive"):
                raise
            raise refused(entry.filename, str(problem)) from problem


def _unwritable(path: Path, error: OSError) -> RedraftError:
    return RedraftError(f"The file {path} cannot be written: {error.strerror or error}.")
