"""The SDK, imported when it is first needed: it costs most of a second, so never at start-up."""

import asyncio
import importlib
import logging
import sys
import threading
from types import ModuleType
from typing import Final

from tui.domain.errors import AgentProblem

_NAME: Final = "claude_agent_sdk"
_CLASSES: Final = "tui.agent.cli_contract.messages"
_PATIENT_SWITCH: Final = 0.001
"""Seconds; with Python's own 0.005, keys pressed during the import wait five times as long."""

_importing = threading.Lock()


async def load_sdk() -> ModuleType:
    """Return the SDK; its first import runs in a thread and keeps the event loop responsive.

    Raises `AgentProblem` for an SDK that lacks what is needed.
    """
    if _CLASSES in sys.modules and not _importing.locked():
        return sys.modules[_NAME]
    return await asyncio.to_thread(_import)


def keep_logs_off_the_screen() -> None:
    """Give the loggers of SDK and agent a handler, else Python prints their warnings itself."""
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
            sdk = importlib.import_module(_NAME)
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
