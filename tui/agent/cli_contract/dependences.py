"""Each undocumented behavior that Redraft relies on: where seen, what breaks, and its probe.

The quick probes read the installed SDK and the CLI's own file, and start no process. Behavior that
only shows in a turn is probed by the tests (`tests/agent/test_agent_contract.py`), with a real CLI.
"""

import importlib
import inspect
import mmap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from tui.agent.cli_contract import registry, rows, sentences, variables
from tui.domain.frozen import frozen

SEEN: Final = "claude-agent-sdk 0.2.187 with CLI 2.1.330"
"""The versions in which all of this behavior was observed."""

_NEAR: Final = 8 * 1024 * 1024
"""Bytes around the first word found in the CLI's program, where the other words are tried first."""

Probe = Callable[["Installed"], str]
"""Returns descriptions of the differences from the expected; empty without any."""


@frozen
class Dependence:
    """One undocumented behavior that Redraft relies on."""

    what: str
    seen: str
    """Where the behavior was observed."""
    breaks: str
    """What does not work without the behavior, as the end of “Without it …”."""
    words: tuple[str, ...] = ()
    """Words that the CLI's file contains as long as the behavior is unchanged."""
    probe: Probe = lambda _: ""

    def missing(self, installed: "Installed") -> str:
        """Return descriptions of the differences from the expected; empty without any."""
        lacking = installed.lacking(self.words)
        unknown = [f"Claude Code no longer knows {', '.join(lacking)}"] if lacking else []
        return "; ".join(part for part in (*unknown, self.probe(installed)) if part)


class Installed:
    """The installed SDK and CLI; use as a context manager. Blocks on files."""

    def __init__(self, sdk: ModuleType, cli: Path) -> None:
        self.sdk = sdk
        with cli.open("rb") as file:  # What is mapped outlives it.
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._at = 0

    def __enter__(self) -> "Installed":
        return self

    def __exit__(self, *_: object) -> None:
        self._data.close()

    def lacking(self, words: Iterable[str]) -> list[str]:
        """Return the words that the CLI's file does not contain."""
        return [word for word in words if not self._holds(word.encode())]

    def _holds(self, word: bytes) -> bool:
        # The program's text is contiguous; searching the rest of some 380 MB finds nothing.
        near = self._data.find(word, max(0, self._at - _NEAR), self._at + _NEAR)
        found = near if near >= 0 else self._data.find(word)
        self._at = found if found >= 0 else self._at
        return found >= 0


def problems(installed: Installed) -> Iterator[str]:
    """Yield a sentence for each dependence that the installed SDK and CLI do not fulfil."""
    for dependence in DEPENDENCES:
        try:
            missing = dependence.missing(installed)
        except Exception as error:  # noqa: BLE001 (whatever a changed SDK raises is the finding)
            missing = f"{type(error).__name__}: {error}"
        if missing:
            yield (
                f"{dependence.what}: {missing}. Without it {dependence.breaks}. "
                f"Redraft was made for {SEEN}: install that, or a newer Redraft."
            )


def installed_problems(cli: Path) -> list[str]:
    """Return a sentence for each dependence that the SDK and this CLI do not fulfil.

    Imports the SDK and blocks on files. Raises `OSError` or `ValueError` for an unreadable CLI.
    """
    with Installed(importlib.import_module("claude_agent_sdk"), cli) as installed:
        return list(problems(installed))


def _classes(installed: Installed) -> str:
    del installed
    try:
        importlib.import_module("tui.agent.cli_contract.messages")
    except ImportError as error:
        return str(error)
    return ""


def _functions(installed: Installed) -> str:
    wanted = {
        "fork_session_via_store": {"session_store", "session_id", "up_to_message_id", "title"},
        "get_session_messages": {"session_id", "limit"},
        "get_session_info": {"session_id"},
        "list_sessions": set(),
        "project_key_for_directory": {"directory"},
    }
    lacking = []
    for name, parameters in wanted.items():
        function = getattr(installed.sdk, name, None)
        if function is None or parameters - set(inspect.signature(function).parameters):
            lacking.append(name)
    return f"the SDK has no {', '.join(lacking)} of the known form" if lacking else ""


def _options(installed: Installed) -> str:
    known = set(inspect.signature(installed.sdk.ClaudeAgentOptions).parameters)
    lacking = sorted(_OPTIONS - known)
    hook = "on_failure" in inspect.signature(installed.sdk.HookMatcher).parameters
    lacking += [] if hook else ["on_failure of a hook"]
    return f"the SDK has no option {', '.join(lacking)}" if lacking else ""


def _process(installed: Installed) -> str:
    transport = importlib.import_module(
        f"{installed.sdk.__name__}._internal.transport.subprocess_cli"
    ).SubprocessCLITransport
    has_way = hasattr(installed.sdk.ClaudeSDKClient(), "_transport")
    has_way = has_way and "self._process" in inspect.getsource(transport.__init__)
    return "" if has_way else "the SDK's client has no `_transport._process`"


_OPTIONS: Final = frozenset(
    {
        "can_use_tool",
        "cli_path",
        "env",
        "hooks",
        "include_partial_messages",
        "max_budget_usd",
        "max_buffer_size",
        "resume",
        "resume_session_at",
        "session_id",
        "setting_sources",
        "settings",
        "stderr",
        "strict_mcp_config",
        "system_prompt",
        "tools",
        "verbatim_prompts",
    }
)

DEPENDENCES: Final = (
    Dependence(
        "The SDK's message classes",
        "claude_agent_sdk/types.py, and _errors.py for MessageParseError",
        "no answer can be understood",
        probe=_classes,
    ),
    Dependence(
        "The SDK's offline functions",
        "claude_agent_sdk/_internal/session_mutations.py and sessions.py",
        "nothing can be forked, adopted or recovered",
        probe=_functions,
    ),
    Dependence(
        "The SDK's options",
        "claude_agent_sdk/types.py",
        "a session may obey commands in prompts, the user's settings, or nobody's permission",
        words=(variables.KEEP_TRANSCRIPTS,),
        probe=_options,
    ),
    Dependence(
        "The process behind the SDK's client",
        "`client._transport._process`, an asyncio or anyio process",
        "a Claude Code that hangs holds up leaving for ten seconds",
        probe=_process,
    ),
    Dependence(
        "Messages about a turn",
        "SystemMessage `status`, `api_retry`, `thinking_tokens`, `compact_boundary`, and the "
        "`terminal_reason` of results",
        "a stop is sent too early, and waits are not told",
        words=(
            "api_retry",
            "thinking_tokens",
            "compact_boundary",
            "aborted_streaming",
            "aborted_tools",
            "prompt_too_long",
            "budget_exhausted",
        ),
    ),
    Dependence(
        "The rows of transcripts",
        "<config>/projects/*/<session>.jsonl, of CLI 2.1.330",
        "sessions are not adopted, and errors are taken for answers",
        words=("parentUuid", "isSidechain", "isCompactSummary", rows.SYNTHETIC),
    ),
    Dependence(
        "The note of the place",
        "a row `last-prompt` with `leafUuid`, written at a clean end",
        "after a kill a branch may go on from a turn that was left out",
        words=(rows.PLACE, "leafUuid"),
    ),
    Dependence(
        "The note of the cost",
        "a row `cost-state` with `totalCostUSD`, written at a clean end",
        "the first turn after a resume has no known cost",
        words=(rows.COST, "totalCostUSD"),
    ),
    Dependence(
        "The registry of processes",
        "<config>/sessions/<pid>.json",
        "an answer that outlived its Redraft is not waited for",
        words=registry.FIELDS,
    ),
    Dependence(
        "Environment variables",
        "the CLI's documentation, partly; each was tried",
        "turns cost a second request, or hang for minutes",
        words=(
            variables.CONFIG_FOLDER,
            variables.NO_EXTRAS,
            variables.RETRIES,
            variables.STREAM_SILENCE_MS,
            variables.API_TIMEOUT_MS,
        ),
    ),
    Dependence(
        "English sentences",
        "stderr of the CLI, results of tools, texts of its own messages",
        "a lost session or login is told in the CLI's words only",
        words=tuple(one for one in sentences.ALL if one not in sentences.HISTORIC),
    ),
    Dependence(
        "Prices in the models' descriptions",
        "`models` of the handshake: “Opus · $4/$20 per Mtok”",
        "what a turn costs is known only when it has ended",
        words=("per Mtok", "for prompts over", "resolvedModel"),
    ),
)
"""All dependences."""
