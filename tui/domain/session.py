"""Values about Claude sessions: which one to connect to, a copy of one, and the login."""

from dataclasses import dataclass

from tui.domain.ids import MessageId, SessionId


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """Which Claude session to connect to, and how."""

    session: SessionId
    is_new: bool
    """Whether the session is started under this id, or resumed."""
    resume_at: MessageId | None = None
    """Resume with everything after this message left out, for good; None resumes at the end."""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Fork:
    """A copy of a session up to one message."""

    session: SessionId
    anchor: MessageId
    """The copy's own id of the message it ends with."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whether Claude can be asked at all."""

    is_ready: bool
    name: str = ""
    """How one is logged in, such as “API key” or “Claude Pro”."""
    problem: str = ""
    """Why not, as a sentence, when it is not ready."""
