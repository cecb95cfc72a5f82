"""Builds the samples turn by turn, by the rules that hold for every content."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from tui.domain import changes, turn_changes
from tui.domain.content import Turn, TurnKind, TurnState
from tui.domain.drafts import CLOSING, OPENING
from tui.domain.ids import BranchId, ContentId, MessageId, SessionId, TurnId
from tui.domain.status import Status

NewUuid = Callable[[], str]
"""Makes ids for branches, sessions, turns and messages."""


class SampleBuilder:
    """Builds one content; the builder's clock advances by a few minutes with every step."""

    def __init__(
        self, content_id: str, *, title: str, kind: str, brief: str, at: datetime, new_uuid: NewUuid
    ) -> None:
        self._at = at
        self._new_uuid = new_uuid
        self.content = changes.new_content(
            ContentId(content_id),
            title=title,
            kind=kind,
            brief=brief,
            branch=BranchId(new_uuid()),
            session=SessionId(new_uuid()),
            at=at,
        )

    @property
    def main(self) -> BranchId:
        """The main branch."""
        return self.content.main

    def _later(self) -> datetime:
        self._at += timedelta(minutes=4)
        return self._at

    def turn(
        self, branch: BranchId, kind: TurnKind, prompt: str, talk: str, draft: str | None = None
    ) -> None:
        """Let a turn begin and finish; a draft in its answer becomes a version."""
        begun = Turn(TurnId(self._new_uuid()), kind, prompt, self._later())
        self.content = turn_changes.begun_turn(self.content, branch, begun, begun.started_at)
        reply = talk if draft is None else f"{talk}\n\n{OPENING}\n{draft}\n{CLOSING}\n"
        ended_at = begun.started_at + timedelta(seconds=40)
        ended = replace(
            begun,
            state=TurnState.FINISHED,
            ended_at=ended_at,
            reply=reply,
            anchor=MessageId(self._new_uuid()),
            cost=0.0,  # No request was ever sent for it.
        )
        self.content = turn_changes.ended_turn(self.content, branch, ended, ended_at)

    def fork(self, after_turn: int, name: str) -> BranchId:
        """Fork the main branch after a turn; return the new branch."""
        branch = BranchId(self._new_uuid())
        self.content = changes.forked(
            self.content,
            self.main,
            after_turn,
            branch=branch,
            session=SessionId(self._new_uuid()),
            name=name,
            at=self._later(),
        )
        return branch

    def edit(self, text: str) -> None:
        """Change main's draft by hand."""
        self.content = changes.edited(self.content, self.main, text, self._later())

    def approve(self, number: int) -> None:
        """Approve a version."""
        self.content = changes.approved(self.content, number, self._later())

    def move(self, status: Status) -> None:
        """Move to another status."""
        self.content = changes.with_status(self.content, status, self._later())

    def publish(self, target: str) -> None:
        """Publish what is approved."""
        self.content = changes.published(self.content, target, self._later())
