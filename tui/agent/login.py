"""The login state of Claude."""

import asyncio
import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tui.agent.cli_contract import variables
from tui.agent.errors import LOG_IN, NO_LOGIN
from tui.domain.session import Account

_STATUS_SECONDS: Final = 8.0
_METHODS: Final = {"api_key": "API key", "oauth_token": "access token", "claude.ai": "Claude login"}

_logger = logging.getLogger("redraft.agent")


def key_name(environment: Mapping[str, str]) -> str:
    """Return the name of the login in the environment (a key or a token); empty without one."""
    merged = {**os.environ, **environment}
    return next((name for key, name in variables.KEYS.items() if merged.get(key)), "")


async def ask_account(cli: Path, environment: Mapping[str, str]) -> Account:
    """Ask the CLI for the logged-in account; local, and never raises."""
    inherited = {key: value for key, value in os.environ.items() if key != "CLAUDECODE"}
    try:
        process = await asyncio.create_subprocess_exec(
            str(cli),
            "auth",
            "status",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**inherited, **environment},
        )
    except OSError as error:
        _logger.warning("%s cannot be started", cli, exc_info=True)
        reason = error.strerror or type(error).__name__
        return Account(
            False,
            problem=f"The program that drives Claude cannot be started: {cli} ({reason}). "
            "Install Redraft again.",
        )
    try:
        async with asyncio.timeout(_STATUS_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        return Account(
            False,
            problem=f"{cli} did not say within {_STATUS_SECONDS:.0f} seconds whether you are "
            "logged in. Try again.",
        )
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return read_status(output, cli)


def read_status(output: bytes, cli: Path) -> Account:
    """Return the account from the output of `claude auth status`."""
    try:
        status = json.loads(output)
    except ValueError:
        status = None
    if not isinstance(status, dict) or "loggedIn" not in status:
        _logger.warning("auth status said %r", output[:500])
        return Account(
            False,
            problem=f"The program that drives Claude does not work: {cli} gave no status. "
            "Install Redraft again.",
        )
    if not status["loggedIn"]:
        return Account(False, problem=NO_LOGIN, advice=LOG_IN)
    plan, method = status.get("subscriptionType"), str(status.get("authMethod", ""))
    name = plan if isinstance(plan, str) and plan else _METHODS.get(method, method)
    return Account(True, name=name)


def is_logged_in(handshake: Mapping[str, Any] | None) -> bool:
    """Whether the account in the CLI's handshake is logged in; True when unknown."""
    account = (handshake or {}).get("account")
    if not isinstance(account, dict) or account.get("apiProvider", "firstParty") != "firstParty":
        return True
    has_token = account.get("tokenSource") not in (None, "none")
    return bool(has_token or account.get("apiKeySource") or account.get("subscriptionType"))
