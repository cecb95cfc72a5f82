"""The environment of the Claude CLI: limits for every session, and isolation for the demo."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tui.agent.cli_contract import variables

CONFIG_FOLDER: Final = variables.CONFIG_FOLDER
_FOREIGN: Final = (
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_CUSTOM_HEADERS",
    "ANTHROPIC_MODEL",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_USE_VERTEX",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "https_proxy",
    "http_proxy",
    "all_proxy",
)
"""Variables that would redirect an isolated CLI; they are emptied, which counts as unset."""


def isolated(folder: Path, base_url: str) -> dict[str, str]:
    """Return the environment that keeps a CLI away from the user's own login and sessions.

    `folder` gets its home and its configuration; `base_url` is the only API it talks to. Pass it
    as `environment` to `ClaudeAgent`, and call `use_config_folder` once at start-up.
    """
    return {
        **dict.fromkeys(_FOREIGN, ""),
        "HOME": str(folder / "home"),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "ANTHROPIC_BASE_URL": base_url,
        "ANTHROPIC_API_KEY": "demo",
        CONFIG_FOLDER: str(config_folder(folder)),
    }


def config_folder(folder: Path) -> Path:
    """Return the configuration folder inside an isolation folder."""
    return folder / "claude"


def use_config_folder(folder: Path) -> None:
    """Make this whole process keep Claude's sessions in `folder`.

    The SDK's offline functions (fork, look-up) read the variable from the process's environment,
    not from a session's options. So the composition root calls this once, before any thread
    starts, whenever it gives `ClaudeAgent` an isolated environment.
    """
    os.environ[CONFIG_FOLDER] = str(folder)


def is_config_folder_used(environment: Mapping[str, str]) -> bool:
    """Whether the SDK's offline functions look where a CLI with this environment writes."""
    folder = environment.get(CONFIG_FOLDER)
    return not folder or os.environ.get(CONFIG_FOLDER) == folder


def whole_answer_limit(silence_limit: float) -> float:
    """Return the timeout in seconds for an answer that is fetched in one piece.

    Claude Code fetches an answer in one piece after its stream broke off; no part of that answer
    arrives before the whole.
    """
    return max(120.0, 4 * silence_limit)


def cli_environment(
    environment: Mapping[str, str], *, retries: int, silence_limit: float
) -> dict[str, str]:
    """Return the variables set for the CLI in addition to this process's environment."""
    return {
        # Otherwise every turn pays for a second request, which names the session.
        variables.NO_EXTRAS: "1",
        variables.RETRIES: str(retries),
        variables.STREAM_SILENCE_MS: str(int(silence_limit * 1000)),
        # Timeout for the headers of a stream (Redraft gives up sooner), or for an answer in one
        # piece.
        variables.API_TIMEOUT_MS: str(int(whole_answer_limit(silence_limit) * 1000)),
        **environment,
    }
