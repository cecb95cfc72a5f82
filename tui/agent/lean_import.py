"""An import of the SDK that leaves out what neither the SDK nor Redraft uses of its libraries.

`mcp.server` imports FastMCP, a framework for web servers, and `httpx` its command line;
`jsonschema` checks arguments of tools that Redraft does not offer. Together they are 210 modules,
a third of the CPU and of the memory of `import claude_agent_sdk`.
`tests/agent/test_agent_sdk.py` fails when a release of them is imported in another way.
"""

import importlib
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_log = logging.getLogger("redraft.agent")


class _StandIn(ModuleType):
    """A module from which any name can be imported; what is imported is of no use."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return object


class _Later(ModuleType):
    """A module that is imported when something in it is asked for."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        found: object = getattr(importlib.import_module(self.__name__), name)
        return found


def import_lean(name: str) -> ModuleType:
    """Import a module without these libraries; with them, if it fails otherwise.

    Raises `ImportError`.
    """
    known = frozenset(sys.modules)
    try:
        with _left_out():
            return importlib.import_module(name)
    except Exception:  # noqa: BLE001 (whatever a later release of these libraries does)
        _log.warning("%s is imported whole.", name, exc_info=True)
        # Modules of these packages that were imported without an error hold names of a stand-in.
        for module in sys.modules.keys() - known:
            if module.partition(".")[0] in ("mcp", name):
                del sys.modules[module]
        return importlib.import_module(name)


@contextmanager
def _left_out() -> Iterator[None]:
    """Leave these modules out of an import; later imports load them."""
    # httpx does without its command line where that cannot be imported.
    stand_ins: dict[str, Any] = {
        "mcp.server.fastmcp": _StandIn("mcp.server.fastmcp"),
        "httpx._main": None,
        "jsonschema": _Later("jsonschema"),
    }
    missing = {name: one for name, one in stand_ins.items() if name not in sys.modules}
    sys.modules.update(missing)
    try:
        yield
    finally:
        for name in missing:
            sys.modules.pop(name, None)
