"""The SDK is imported without what neither the SDK nor Redraft uses, and whole if it has to be."""

import subprocess
import sys
from pathlib import Path

import pytest

LEFT_OUT = ("mcp.server.fastmcp", "uvicorn", "pydantic_settings", "click", "jsonschema")


def _run(code: str, folder: Path) -> list[str]:
    """Run a program in a Python that has imported nothing yet; return the lines it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{folder}:{Path(__file__).parents[2]}"},
    )
    return done.stdout.splitlines()


def test_the_sdk_is_imported_without_what_nobody_uses(tmp_path: Path) -> None:
    said = _run(
        "import asyncio, sys; from tui.agent.sdk import load_sdk\n"
        "sdk = asyncio.run(load_sdk())\n"
        "assert sdk.ClaudeSDKClient\n"
        f"print(*[name for name in {LEFT_OUT} if name in sys.modules])\n"
        "from mcp.server.lowlevel import server\n"
        "try: server.jsonschema.validate(1, {'type': 'string'})\n"
        "except server.jsonschema.ValidationError as error: print(error.message)\n"
        "import httpx, mcp.server.fastmcp; print(mcp.server.fastmcp.FastMCP('a').name)\n",
        tmp_path,
    )
    assert said == ["", "1 is not of type 'string'", "a"]


@pytest.mark.parametrize(
    "eager",
    [
        "import mcp.server.fastmcp as it; name = it.FastMCP('b').name",
        "from mcp.server import FastMCP; name = FastMCP('b').name",
        "import jsonschema; jsonschema.Draft7Validator; name = 'b'",
    ],
)
def test_what_cannot_do_without_is_imported_whole(eager: str, tmp_path: Path) -> None:
    (tmp_path / "eager").mkdir()
    (tmp_path / "eager" / "__init__.py").write_text("from eager.inner import name")
    (tmp_path / "eager" / "inner.py").write_text(eager)
    said = _run(
        "from tui.agent.lean_import import import_lean; print(import_lean('eager').name)", tmp_path
    )
    assert said == ["b"]
