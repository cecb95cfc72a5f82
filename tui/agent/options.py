"""The SDK's options for Redraft's sessions: few tools, exact prompts, no user settings."""

import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from tui.agent.cli_contract import variables
from tui.agent.gate import ToolGate
from tui.domain.prompts import SYSTEM_PROMPT, access_words
from tui.domain.session import SessionSpec

if TYPE_CHECKING:
    from claude_agent_sdk import ClaudeAgentOptions

_LONGEST_LINE: Final = 64 * 1024 * 1024
"""Maximum bytes of a CLI message; a longer one ends the connection. The SDK's default is 1 MiB."""
_SETTINGS: Final = json.dumps({variables.KEEP_TRANSCRIPTS: 36_500})
"""Prevents Claude Code from deleting transcripts after 30 days."""
_LEAST_BUDGET: Final = 0.0001
"""Smallest budget in dollars that is passed to the CLI; 0 is never passed."""
_HOOK_SECONDS: Final = 30.0


def session_options(
    sdk: ModuleType,
    spec: SessionSpec,
    *,
    cli: Path,
    work_folder: Path,
    environment: Mapping[str, str],
    on_stderr_line: Callable[[str], None],
    gate: ToolGate,
) -> "ClaudeAgentOptions":
    """Return the options for connecting to `spec`.

    Claude is offered only the tools of the spec's access; `gate` decides about each use.
    """
    which: dict[str, Any] = {"session_id": spec.session}
    if not spec.is_new:
        which = {"resume": spec.session}
        # Resume exactly at the anchor: after its own note of a stop, the CLI would add an answer.
        if spec.anchor is not None:
            which["resume_session_at"] = spec.anchor
    prompt = "\n".join(part for part in (SYSTEM_PROMPT, access_words(spec.access)) if part)
    options: ClaudeAgentOptions = sdk.ClaudeAgentOptions(
        **which,
        **_hooks(sdk, spec, gate),
        cli_path=cli,
        cwd=work_folder,
        env=dict(environment),
        model=spec.model or None,
        max_budget_usd=None if spec.budget is None else max(spec.budget, _LEAST_BUDGET),
        # Without `snapshot`, the first system prompt sent would be used for the session's whole
        # life.
        system_prompt={"type": "custom", "prompt": prompt, "snapshot": False},
        tools=list(spec.access.tools),
        setting_sources=[],
        settings=_SETTINGS,
        strict_mcp_config=True,
        # Otherwise "/clear" in a prompt is executed, and "@file" sends that file.
        verbatim_prompts=True,
        include_partial_messages=True,
        max_buffer_size=_LONGEST_LINE,
        stderr=on_stderr_line,
    )
    return options


def _hooks(sdk: ModuleType, spec: SessionSpec, gate: ToolGate) -> dict[str, Any]:
    """Return the options that have the gate asked about each use of a tool; none without tools."""
    if not spec.access.tools:
        return {}
    # “block”: a hook that fails or times out counts as a refusal.
    hook = sdk.HookMatcher(
        matcher=None, hooks=[gate.before_use], timeout=_HOOK_SECONDS, on_failure="block"
    )
    return {
        "hooks": {"PreToolUse": [hook]},
        "can_use_tool": functools.partial(gate.may_use, sdk),
    }
