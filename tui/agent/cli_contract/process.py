"""The CLI process behind a client of the SDK, which the SDK does not expose."""

from typing import TYPE_CHECKING, Protocol, cast

from tui.agent.cli_contract.surprises import unexpected

if TYPE_CHECKING:
    from claude_agent_sdk import ClaudeSDKClient


class CliProcess(Protocol):
    """The part of the process's interface that Redraft needs to end an unresponsive CLI."""

    @property
    def returncode(self) -> int | None:
        """The exit code; None while the process runs."""
        ...

    def terminate(self) -> None:
        """Ask the process to end."""
        ...

    def kill(self) -> None:
        """Kill the process."""
        ...


def process_of(client: "ClaudeSDKClient") -> CliProcess | None:
    """Return the process of a connected client; None, with a warning, when it is not found.

    Without the process, a CLI that hangs is ended only by the SDK, after ten seconds instead of
    two.
    """
    found = getattr(getattr(client, "_transport", None), "_process", None)
    if found is None or not all(hasattr(found, name) for name in ("returncode", "kill")):
        unexpected("The process behind the SDK's client", type(found).__name__)
        return None
    return cast(CliProcess, found)
