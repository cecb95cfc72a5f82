"""The doctor's questions: is everything there that Redraft needs."""

import asyncio
from pathlib import Path

from tui.composition.late import LateAgent
from tui.composition.opening import new_agent, open_studio
from tui.domain.errors import RedraftError
from tui.headless.doctoring import Finding
from tui.settings import Settings


async def examine(settings: Settings, *, demo: bool) -> list[Finding]:
    """Look at what Redraft needs and say what was found, also when the library cannot be opened."""
    from tui.agent.login import find_cli  # noqa: PLC0415

    findings = []
    try:
        async with open_studio(settings, demo=demo) as studio:
            catalog = await studio.catalog()
            where = f"{settings.library} is readable and writable, contents: {len(catalog.rows)}."
            findings.append(Finding("library", True, where))
            findings += [Finding("contents", False, problem) for problem in catalog.problems]
            account = await studio.account()
    except RedraftError as error:
        findings.append(Finding("library", False, str(error)))
        agent = LateAgent(lambda ending: new_agent(settings, ending, None))
        account = await agent.account()
        await agent.close()
    cli = find_cli()
    said = "" if cli is None else await _version_of(cli)
    is_there = bool(said)
    findings.append(Finding("cli", is_there, f"{cli}: {said}" if is_there else account.problem))
    login = f"Ready: {account.name or 'logged in'}." if account.is_ready else account.problem
    findings.append(Finding("login", account.is_ready, login))
    return findings


async def _version_of(cli: Path) -> str:
    """Return what the CLI says of its version; nothing when it cannot say."""
    try:
        process = await asyncio.create_subprocess_exec(
            cli,
            "--version",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return ""
    try:
        async with asyncio.timeout(10):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return ""
    return said.decode("utf-8", "replace").strip()
