"""Import of Claude Code sessions: listing them, which are imported already, and adopting them."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from tui.domain.adoption import Lineage, adopted_content, families, lineages_of, title_of
from tui.domain.content import Content
from tui.domain.errors import AgentProblem, Ambiguous, LibraryProblem, NotFound, Refused
from tui.domain.frozen import frozen
from tui.domain.ids import BranchId, ContentId, SessionId
from tui.domain.session import FoundSession, SessionCopy
from tui.studio.ports import Documents, NewIds, Store, Transcripts
from tui.studio.uninterrupted import uninterrupted

SHORTEST_PREFIX = 3
"""Minimum length of a session id's prefix that identifies the session."""


@frozen
class FoundRow:
    """A session of Claude Code, and the content that already has it, if any."""

    found: FoundSession
    content: ContentId | None = None


@frozen
class Adopted:
    """The result of adopting a session together with the sessions that share its history."""

    content: Content | None
    problem: str = ""
    """A sentence: why nothing was adopted, or a remark about the result."""
    sessions: int = 0


class SessionImport:
    """Imports sessions of Claude Code into a library; the sessions themselves never change."""

    def __init__(
        self, store: Store, documents: Documents, transcripts: Transcripts, new_ids: NewIds
    ) -> None:
        self._store = store
        self._documents = documents
        self._transcripts = transcripts
        self._new_ids = new_ids

    async def found(self) -> tuple[FoundRow, ...]:
        """Return all sessions, the last changed first."""
        here = await self._documents.sessions_here()
        sessions = await self._transcripts.sessions()
        return tuple(FoundRow(found, here.get(found.session)) for found in sessions)

    async def adopt(self, reference: str, *, draft_turn: int | None = None) -> Adopted:
        """Adopt a session (an id, or the start of one) and the sessions that share its history.

        All of them become one content, whose main branch is this session's. `draft_turn` is the
        number of the turn whose whole answer becomes the first version. Raises `NotFound`,
        `Ambiguous`, `Refused` when the session is imported already or has no prompt, and
        `InvalidInput` for a turn without an answer.
        """
        rows = await self.found()
        row = _row(rows, reference)
        if row.content is not None:
            raise Refused(
                f"The session {row.found.session} is here already: it belongs to the piece "
                f"{row.content}."
            )
        kin = [other for other in rows if other.found.first_prompt == row.found.first_prompt]
        for family in families(await self._lineages(kin)):
            if any(lineage.found.session == row.found.session for lineage in family):
                return await self._adopt(family, row.found.session, kin, draft_turn)
        raise Refused(f"The session {row.found.session} has no prompt to adopt.")

    async def adopt_all(self) -> AsyncIterator[Adopted]:
        """Adopt every session that has a prompt and is not imported yet; yield each content made.

        A session that cannot be adopted is yielded as a problem, and the import continues.
        """
        rows = await self.found()
        kin: dict[str, list[FoundRow]] = {}
        for row in rows:
            if row.found.prompts:
                kin.setdefault(row.found.first_prompt, []).append(row)
        for related in kin.values():
            if all(row.content is not None for row in related):
                continue
            here = {row.found.session for row in related if row.content is not None}
            for family in families(await self._lineages(related)):
                new = [lineage.found for lineage in family if lineage.found.session not in here]
                if not new:
                    continue
                newest = max(new, key=lambda found: found.changed_at)
                try:
                    yield await self._adopt(family, newest.session, related, None)
                except (AgentProblem, LibraryProblem) as problem:
                    yield Adopted(None, f"{title_of(family[0].found)}: {problem}")

    async def _lineages(self, rows: Sequence[FoundRow]) -> tuple[Lineage, ...]:
        return lineages_of(
            [(row.found, await self._transcripts.messages(row.found.session)) for row in rows]
        )

    async def _adopt(
        self,
        family: Sequence[Lineage],
        main: SessionId,
        rows: Sequence[FoundRow],
        draft_turn: int | None,
    ) -> Adopted:
        here = {row.found.session: row.content for row in rows if row.content is not None}
        relatives = [
            here[lineage.found.session] for lineage in family if lineage.found.session in here
        ]
        family = [lineage for lineage in family if lineage.found.session not in here]
        content_id = self._new_ids.content()
        branches = {lineage.found.session: BranchId(self._new_ids.uuid()) for lineage in family}
        new_sessions = {
            lineage.found.session: SessionId(self._new_ids.uuid()) for lineage in family
        }

        def content_with(copies: Mapping[SessionId, SessionCopy]) -> Content:
            return adopted_content(
                family,
                content_id=content_id,
                main=main,
                branches=branches,
                copies=copies,
                new_sessions=new_sessions,
                draft_turn=draft_turn,
            )

        content_with({})  # What cannot be made is refused before anything is copied.
        content = await uninterrupted(self._copied(family, content_with))
        problem = ""
        if relatives:
            problem = (
                f"“{content.title}” begins like the piece {relatives[0]}, which is here already: "
                "it became a piece of its own."
            )
        return Adopted(content, problem, sessions=len(family))

    async def _copied(
        self,
        family: Sequence[Lineage],
        content_with: Callable[[Mapping[SessionId, SessionCopy]], Content],
    ) -> Content:
        """Save a content with copies of its sessions, or leave nothing behind."""
        copies: dict[SessionId, SessionCopy] = {}
        try:
            for lineage in family:
                if (anchor := lineage.last_anchor) is not None:
                    copies[lineage.found.session] = await self._transcripts.adopt(
                        lineage.found.session, anchor, title=title_of(lineage.found)
                    )
            content = content_with(copies)
            await self._store.create(content)
        except BaseException:
            for copy in copies.values():
                await self._transcripts.remove(copy.session)
            raise
        for copy in copies.values():
            await self._transcripts.keep(copy.session)
        return content


def _row(rows: Sequence[FoundRow], reference: str) -> FoundRow:
    reference = reference.strip().lower()
    for row in rows:
        if row.found.session == reference:
            return row
    hits = [row for row in rows if row.found.session.startswith(reference)]
    if len(reference) < SHORTEST_PREFIX:
        raise NotFound(
            f"“{reference}” is too short for a session: type {SHORTEST_PREFIX} characters or more."
        )
    if not hits:
        raise NotFound(
            f"Claude Code has no session “{reference}”; `redraft import --list` shows those it has."
        )
    if len(hits) > 1:
        ids = ", ".join(row.found.session for row in hits[:5])
        raise Ambiguous(f"“{reference}” could be {len(hits)} sessions; use an id: {ids}.")
    return hits[0]
