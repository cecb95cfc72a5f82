"""The kinds of identity in a library, each a string that only its own kind fits."""

from typing import NewType

ContentId = NewType("ContentId", str)
"""Identity of one piece of writing: short, lower-case, typed by people on the command line."""

BranchId = NewType("BranchId", str)
"""Identity of one line of turns inside its content."""

SessionId = NewType("SessionId", str)
"""Identity of the Claude session behind a branch: a UUID, chosen before the first turn."""

TurnId = NewType("TurnId", str)
"""Identity of a turn: the UUID under which its prompt is sent, never used twice."""

MessageId = NewType("MessageId", str)
"""UUID of one message in a Claude session: where a resume or a fork can take hold."""
