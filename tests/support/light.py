"""What makes the CLI of the tests cheaper, and changes nothing that it does."""

from collections.abc import Mapping
from typing import Final

LIGHT_CLI: Final[Mapping[str, str]] = {"BUN_JSC_useDFGJIT": "0"}
"""For its environment: compiling hot code a second time does not pay off in a life of seconds."""
