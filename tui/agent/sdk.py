"""Lazy import of the SDK, which takes most of a second: never at start-up."""

import asyncio
import importlib
import logging
import sys
import threading
from types import ModuleType
from typing import Final

from tui.agent.lean_import import import_lean
from tui.domain.errors import AgentProblem

_NAME: Final = "claude_agent_sdk"
_CLASSES: Final = "tui.agent.cli_contract.messages"
_PATIENT_SWITCH: Final = 0.001
"""Thread switch interval in seconds during the import; Python's 0.005 makes keys wait longer."""

_importing = threading.Lock()


async def load_sdk() -> ModuleType:
    """Return the SDK; its first import runs in a thread, so the event loop stays responsive.

    Raises `AgentProblem` when the SDK lacks a name that Redraft needs.
    """
    if _CLASSES in sys.modules and not _importing.locked():
        return sys.modules[_NAME]
    return await asyncio.to_thread(_import)


def keep_logs_off_the_screen() -> None:
    """Give the SDK's and the agent's loggers a handler; otherwise Python prints their warnings."""
    for name in (_NAME, "redraft"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _import() -> ModuleType:
    with _importing:
        if _CLASSES in sys.modules:
            return sys.modules[_NAME]
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_PATIENT_SWITCH)
        try:
            sdk = import_lean(_NAME)
            importlib.import_module(_CLASSES)
        except ImportError as error:
            raise AgentProblem(
                f"The Claude Agent SDK that is installed does not fit this Redraft ({error}). "
                "Install Redraft again."
            ) from error
        else:
            return sdk
        finally:
            sys.setswitchinterval(usual)
