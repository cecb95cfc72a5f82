"""Claude sessions: the session to connect to, a copy of one, and the login."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from tui.domain.frozen import frozen
from tui.domain.ids import MessageId, SessionId
from tui.domain.tools import NO_ACCESS, Access


@frozen
class SessionSpec:
    """The Claude session to connect to, and how."""

    session: SessionId
    is_new: bool
    """Whether a new session is started under this id, or an existing one resumed."""
    model: str = ""
    """The model to write with; empty for Claude Code's usual one."""
    anchor: MessageId | None = None
    """The message that a session is resumed after; it must be there with all of its ancestors.

    Newer messages are dropped for good. None resumes at the end.
    """
    access: Access = NO_ACCESS
    """What Claude may use in addition to text."""
    budget: float | None = None
    """Dollars that the connection may cost, all its turns together; None for no limit."""


@frozen
class Fork:
    """A copy of a session up to one message."""

    session: SessionId
    anchor: MessageId
    """The id of the copy's last message, which is new in the copy."""


@frozen
class Account:
    """Whether Claude can be prompted."""

    is_ready: bool
    name: str = ""
    """The kind of login, such as “API key” or “Claude Pro”."""
    problem: str = ""
    """A sentence that says why Claude is not ready; empty otherwise."""
    advice: str = ""
    """A sentence that says what to do, for where no screen offers it; often a part of `problem`."""


@frozen
class FoundSession:
    """A session that Claude Code has on this machine, as shown in a list."""

    session: SessionId
    title: str
    """The title, given by a person or by Claude; often empty."""
    first_prompt: str
    """The first real prompt on one line, cut at about 200 characters; empty without a prompt."""
    folder: str
    """The working folder of the session, as its transcript names it."""
    created_at: datetime
    changed_at: datetime
    prompts: int
    """Number of prompts in the transcript, rewound ones included."""


class MessageKind(StrEnum):
    """The kind of a message in a transcript."""

    PROMPT = "prompt"
    ANSWER = "answer"
    ERROR = "error"
    """Text by the CLI under Claude's name, such as about a failed request."""
    INTERRUPTION = "interruption"
    TOOL = "tool"
    """The result of a tool, between two answers."""
    ASIDE = "aside"
    """Text from the CLI to Claude, which is not shown."""


@frozen
class FoundMessage:
    """A message of a transcript."""

    id: MessageId
    kind: MessageKind
    text: str
    at: datetime | None
    origin: MessageId | None = None
    """The original message, when the session was copied from another one."""
    model: str = ""


@frozen
class SessionCopy:
    """A complete copy of a session under a new id."""

    session: SessionId
    ids: Mapping[MessageId, MessageId]
    """The new ids of messages by their original ids."""
