"""The SDK's options for a session of Redraft's: lean, verbatim, and deaf to the user's settings."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from tui.domain.session import SessionSpec

if TYPE_CHECKING:
    from claude_agent_sdk import ClaudeAgentOptions

_LONGEST_LINE: Final = 64 * 1024 * 1024
"""Bytes; a longer message of the CLI would end the connection. The SDK's own limit is 1 MiB."""
_SETTINGS: Final = '{"cleanupPeriodDays":36500}'
"""Keeps Claude Code from deleting transcripts after 30 days."""


def session_options(
    sdk: ModuleType,
    spec: SessionSpec,
    *,
    cli: Path,
    work_folder: Path,
    system_prompt: str,
    model: str,
    environment: Mapping[str, str],
    on_stderr_line: Callable[[str], None],
) -> "ClaudeAgentOptions":
    """Return the options that connect to `spec`; `model` counts when the spec names none."""
    which: dict[str, Any] = {"session_id": spec.session}
    if not spec.is_new:
        which = {"resume": spec.session}
        if spec.resume_at is not None:
            which["resume_session_at"] = spec.resume_at
    options: ClaudeAgentOptions = sdk.ClaudeAgentOptions(
        **which,
        cli_path=cli,
        cwd=work_folder,
        env=dict(environment),
        model=spec.model or model or None,
        # Without `snapshot` the first prompt ever sent would be used for the session's whole life.
        system_prompt={"type": "custom", "prompt": system_prompt, "snapshot": False},
        tools=[],
        setting_sources=[],
        settings=_SETTINGS,
        strict_mcp_config=True,
        # Else "/clear" in a prompt is executed, and "@file" sends that file.
        verbatim_prompts=True,
        include_partial_messages=True,
        max_buffer_size=_LONGEST_LINE,
        stderr=on_stderr_line,
    )
    return options
