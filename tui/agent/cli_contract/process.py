"""The process behind a client of the SDK, which has no public way to it."""

from typing import TYPE_CHECKING, Protocol, cast

from tui.agent.cli_contract.surprises import unexpected

if TYPE_CHECKING:
    from claude_agent_sdk import ClaudeSDKClient


class CliProcess(Protocol):
    """What Redraft needs of the process, to hurry one that does not listen."""

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        ...

    def terminate(self) -> None:
        """Ask it to end."""
        ...

    def kill(self) -> None:
        """End it."""
        ...


def process_of(client: "ClaudeSDKClient") -> CliProcess | None:
    """Return the process of a connected client; None, and named, when it is not where it was.

    Without it a CLI that hangs is ended by the SDK alone, after ten seconds instead of two.
    """
    found = getattr(getattr(client, "_transport", None), "_process", None)
    if found is None or not all(hasattr(found, name) for name in ("returncode", "kill")):
        unexpected("The process behind the SDK's client", type(found).__name__)
        return None
    return cast(CliProcess, found)
