"""Export of a whole library to one bundle, and import of a bundle."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, ParamSpec, TypeVar
from zipfile import ZipInfo

from tui.domain.access import without_access
from tui.domain.angles import SUFFIX, Angle, parsed, written
from tui.domain.content import Branch, Content
from tui.domain.errors import (
    FileInTheWay,
    InvalidInput,
    LibraryProblem,
    NotFound,
    RedraftError,
    Refused,
)
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId, SessionId
from tui.domain.transfer import is_same, under_new_id, with_sessions
from tui.own_thread import alone
from tui.studio.bundle import (
    LIMITS,
    BundleReader,
    BundleRefused,
    BundleWriter,
    Limits,
    angle_entry,
    content_entry,
    shown,
    transcript_entry,
)
from tui.studio.ports import Clock, Documents, NewIds, Store, Transcripts
from tui.studio.uninterrupted import uninterrupted
from tui.studio.whole_catalog import whole_catalog

_LONGEST_NAME: Final = 255
"""Bytes of the longest name that a file can have."""

P = ParamSpec("P")
Result = TypeVar("Result")


@frozen
class Exported:
    """The result of an export."""

    contents: int
    transcripts: int
    missing: int
    """Branches whose transcript is gone; after an import, their turns are retold to Claude."""
    problems: tuple[str, ...]
    """A sentence for each content, and each angle of the writer's own, that could not be read."""
    angles: int
    """Number of the writer's own angles in the bundle."""


@frozen
class Imported:
    """The result of an import."""

    added: tuple[ContentId, ...]
    renamed: Mapping[ContentId, ContentId]
    """Old to new id of contents that were added under a new id, since theirs was in use."""
    skipped: tuple[ContentId, ...]
    """Contents that the library already has, unchanged."""
    transcripts: int
    angles: tuple[str, ...]
    """Names of the angles that were added."""
    other_angles: tuple[str, ...]
    """Names of angles not added, because the library has a different one of the same name."""


@frozen
class _Piece:
    """A content to import: its entry in the bundle, and its new id and sessions."""

    entry: ContentId
    id: ContentId
    placed: Mapping[BranchId, tuple[SessionId, bool]]
    """The new session of each branch, and whether that session can be resumed."""
    transcripts: tuple[tuple[SessionId, SessionId], ...]
    """Sessions of the bundle with their new ids; a session that two branches share has two."""


@dataclass(slots=True)
class _Plan:
    """Everything to import, after all of the bundle has been checked."""

    pieces: list[_Piece] = field(default_factory=list)
    renamed: dict[ContentId, ContentId] = field(default_factory=dict)
    skipped: list[ContentId] = field(default_factory=list)


class Transfer:
    """Exports a library to a bundle and imports bundles."""

    def __init__(
        self,
        store: Store,
        documents: Documents,
        transcripts: Transcripts,
        clock: Clock,
        new_ids: NewIds,
        *,
        version: Callable[[], str],
        limits: Limits = LIMITS,
    ) -> None:
        self._store = store
        self._documents = documents
        self._transcripts = transcripts
        self._clock = clock
        self._new_ids = new_ids
        self._version = version
        self._limits = limits

    async def export(self, path: Path, *, replace: bool = True) -> Exported:
        """Write the whole library with its transcripts to a file, atomically.

        Raises `FileInTheWay` when the file exists and may not be replaced, and `RedraftError` when
        the file cannot be written; an existing file is then unchanged.
        """
        writer = BundleWriter(path, replace=replace, limits=self._limits)
        try:
            await _in_thread(writer.open)
            exported = await self._fill(writer)
            await _in_thread(
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

    async def _fill(self, writer: BundleWriter) -> Exported:
        catalog, _ = await whole_catalog(self._store)
        contents, missing = 0, 0
        sessions: set[SessionId] = set()
        problems = list(catalog.problems)
        for row in catalog.rows:
            try:
                document = await self._documents.document(row.id)
                content = await self._documents.read_document(document, f"“{row.title}”")
                await _in_thread(writer.add, content_entry(row.id), document)
            except (LibraryProblem, NotFound, Refused) as problem:
                problems.append(str(problem))
                continue
            contents += 1
            for branch in content.branches:
                if not branch.is_live or branch.session in sessions:
                    continue
                if not await self._carry_out(branch, writer):
                    missing += 1
                    continue
                sessions.add(branch.session)
        angles = await self._angles_out(writer, problems)
        return Exported(contents, len(sessions), missing, tuple(dict.fromkeys(problems)), angles)

    async def _angles_out(self, writer: BundleWriter, problems: list[str]) -> int:
        """Add the writer's own angles; return how many."""
        found, count = await self._store.angles.read(), 0
        problems += found.problems
        for angle in found.angles:
            try:
                await _in_thread(writer.add, angle_entry(angle.name), written(angle).encode())
            except Refused as problem:
                problems.append(str(problem))
            else:
                count += 1
        return count

    async def _carry_out(self, branch: Branch, writer: BundleWriter) -> bool:
        """Add the transcript of a branch if it can be exported; return whether it was added."""
        try:
            entry = transcript_entry(branch.session)
            data = await self._transcripts.read(branch.session)
            if data is None:
                return False
            data = await alone(self._carried_out, data, branch.session)
            await _in_thread(writer.add, entry, data)
        except Refused:
            return False
        return True

    def _carried_out(self, data: bytes, session: SessionId) -> bytes:
        # A last line cut off by a crash must not exclude the whole transcript.
        return self._transcripts.carried(data[: data.rfind(b"\n") + 1], session)

    async def take_in(self, path: Path) -> Imported:
        """Import the contents of a bundle with their transcripts; never overwrite one that exists.

        The whole bundle is checked before anything is written. Raises `InvalidInput` when the file
        cannot be read, `Refused` for an invalid bundle, `LibraryProblem` and `AgentProblem` when
        something cannot be written.
        """
        plan, added = _Plan(), list[ContentId]()
        try:
            with await alone(BundleReader, path, self._limits) as bundle:
                plan = await self._planned(bundle)
                angles = [
                    await alone(_angle, bundle, name, entry)
                    for name, entry in bundle.angles.items()
                ]
                for piece in plan.pieces:
                    await uninterrupted(self._take_in(bundle, piece))
                    added.append(piece.id)
        except RedraftError as error:
            if added:
                raise type(error)(
                    f"{error} {len(added)} of {len(plan.pieces)} pieces were added before; "
                    "import the bundle again, and the others follow."
                ) from error
            if isinstance(error, BundleRefused):
                raise Refused(
                    f"The bundle was not imported, and nothing was changed. {error}"
                ) from error
            raise
        new, others = await self._angles_in(angles)
        count = sum(len(piece.transcripts) for piece in plan.pieces)
        return Imported(
            tuple(added),
            plan.renamed,
            tuple(plan.skipped),
            count,
            tuple(new),
            tuple(others),
        )

    async def _angles_in(self, angles: Iterable[Angle]) -> tuple[list[str], list[str]]:
        """Add angles; return the names of those added, and of those that another one here has."""
        here = {angle.name: angle for angle in (await self._store.angles.read()).angles}
        new, others = list[str](), list[str]()
        for angle in angles:
            if angle.name in here:
                others += [angle.name] if here[angle.name] != angle else []
                continue
            try:
                await uninterrupted(self._store.angles.save(angle.name, written(angle)))
            except Refused:
                # There is a file of that name that is no angle: the writer's, with a mistake in it.
                others.append(angle.name)
            else:
                new.append(angle.name)
        return new, others

    async def _take_in(self, bundle: BundleReader, piece: _Piece) -> None:
        """Import a content with its transcripts, or nothing of it."""
        placed: list[SessionId] = []
        try:
            for old, new in piece.transcripts:
                data = await alone(self._carried_in, bundle, old, new)
                await self._transcripts.place(new, data)
                placed.append(new)
            content = await self._content(bundle, piece.entry)
            if content.id != piece.id:
                content = under_new_id(content, piece.id)
            await self._store.create(with_sessions(content, piece.placed))
        except BaseException:
            for session in placed:
                await self._transcripts.remove(session)
            raise
        for session in placed:
            await self._transcripts.keep(session)

    async def _planned(self, bundle: BundleReader) -> _Plan:
        taken = {*await self._documents.sessions_here(), *await self._transcripts.taken()}
        for session in bundle.transcripts:
            await alone(self._carried_in, bundle, session, session)
        plan = _Plan()
        held: set[SessionId] = set()
        for content_id in bundle.contents:
            content = await self._content(bundle, content_id)
            held.update(branch.session for branch in content.branches)
            here = await self._place_for(content, plan)
            if here is not None:
                plan.pieces.append(self._piece(content_id, here, bundle, taken))
        if stray := bundle.transcripts.keys() - held:
            raise BundleRefused(
                f"The transcript {shown(transcript_entry(min(stray)))} belongs to no piece."
            )
        return plan

    async def _content(self, bundle: BundleReader, content_id: ContentId) -> Content:
        """Return a content of a bundle, read again on each call so that only one is in memory."""
        entry = bundle.contents[content_id]
        data = await alone(bundle.read, entry)
        try:
            content = await self._documents.read_document(data, shown(entry.filename))
        except LibraryProblem as problem:
            raise BundleRefused(str(problem)) from problem
        if content.id != content_id:
            raise BundleRefused(
                f"The entry {shown(entry.filename)} holds another piece than its name says."
            )
        # Paths and permissions are granted on this machine, never by a bundle.
        return without_access(content)

    async def _place_for(self, content: Content, plan: _Plan) -> Content | None:
        """Return the content with its new id; None when the library already has the content."""
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
            renamed = under_new_id(content, self._new_ids.content())
        plan.renamed[content.id] = renamed.id
        return renamed

    async def _known(self, content_id: ContentId) -> Content | None:
        """Return a content of the library in the form that a bundle would hold."""
        try:
            document = await self._documents.document(content_id)
        except NotFound:
            return None
        name = f"the piece {content_id} of the library"
        return without_access(await self._documents.read_document(document, name))

    def _piece(
        self, entry: ContentId, content: Content, bundle: BundleReader, taken: set[SessionId]
    ) -> _Piece:
        placed: dict[BranchId, tuple[SessionId, bool]] = {}
        transcripts: list[tuple[SessionId, SessionId]] = []
        for branch in content.branches:
            is_carried = branch.is_live and branch.session in bundle.transcripts
            session = branch.session
            if session in taken or not is_carried:
                # Never use a session of this machine, whatever the bundle says.
                session = SessionId(self._new_ids.uuid())
            taken.add(session)
            placed[branch.id] = session, is_carried
            if is_carried:
                transcripts.append((branch.session, session))
        return _Piece(entry, content.id, placed, tuple(transcripts))

    def _carried_in(self, bundle: BundleReader, session: SessionId, new: SessionId) -> bytes:
        entry = bundle.transcripts[session]
        try:
            return self._transcripts.carried(bundle.read(entry), new)
        except BundleRefused:
            raise
        except Refused as problem:
            raise _unusable(entry, problem) from problem


def _unusable(entry: ZipInfo, problem: RedraftError) -> BundleRefused:
    return BundleRefused(f"The entry {shown(entry.filename)} cannot be used. {problem}")


def _angle(bundle: BundleReader, name: str, entry: ZipInfo) -> Angle:
    if len(f"{name}{SUFFIX}".encode()) > _LONGEST_NAME:
        raise BundleRefused(f"The entry {shown(entry.filename)} has a name too long for a file.")
    try:
        return parsed(name, bundle.read(entry).decode())
    except InvalidInput as problem:
        raise _unusable(entry, problem) from problem
    except UnicodeDecodeError as error:
        raise BundleRefused(f"The entry {shown(entry.filename)} is not text in UTF-8.") from error


def _in_thread(work: Callable[P, Result], *args: P.args, **named: P.kwargs) -> Awaitable[Result]:
    """Run a function in a thread and wait for its end, even when the caller is cancelled."""
    return uninterrupted(alone(work, *args, **named))


def _unwritable(path: Path, error: OSError) -> RedraftError:
    return RedraftError(f"The file {path} cannot be written: {error.strerror or error}.")
