"""What `redraft doctor` does: checks of the settings, the library, the CLI and the login."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tui.composition.emptying import empty_trash
from tui.composition.lazy_agent import LazyAgent
from tui.composition.opening import library_check, new_agent, open_studio
from tui.domain.errors import LibraryProblem
from tui.domain.findings import Finding, mended
from tui.domain.session import Account
from tui.settings import Settings, settings_file
from tui.studio.ports import LibraryCheck


async def examine(
    settings: Settings,
    *,
    demo: bool,
    settings_problem: str = "",
    is_fixing: bool = False,
    is_emptying_trash: bool = False,
    is_wanted: Callable[[str], bool] = lambda _: False,
) -> list[Finding]:
    """Check everything that Redraft needs, even when the library cannot be used.

    Nothing is changed unless `is_fixing` or `is_emptying_trash`. `is_wanted` is given a question to
    the person and returns the answer: whether to delete Claude Code's own transcripts of what was
    in the trash.
    """
    findings = _settings(settings, settings_problem)
    try:
        account = await _account(settings, demo=demo)
    except LibraryProblem:
        account = await _account(settings, demo=False)  # The check of the library says why.
    try:
        if is_emptying_trash:
            findings += await empty_trash(settings.library, is_wanted)
        check = library_check(settings.library)
        findings += await (_mended(check) if is_fixing else check.look())
    except LibraryProblem as problem:
        findings.append(Finding("library", False, str(problem)))
    return [*findings, *await _claude(account)]


def _settings(settings: Settings, problem: str) -> list[Finding]:
    from tui.commands import Keymap  # noqa: PLC0415
    from tui.themes.palettes import theme_problem  # noqa: PLC0415

    in_them = (theme_problem(settings.theme), *Keymap(settings.keys).problems())
    problems = [problem] if problem else [one for one in in_them if one]
    if problems:
        return [Finding("settings", False, sentence) for sentence in problems]
    file = settings_file()
    sentence = f"{file} is in order." if file.exists() else f"There are none of your own in {file}."
    return [Finding("settings", True, sentence)]


async def _account(settings: Settings, *, demo: bool) -> Account:
    """Return who is logged in; for the demo, its library is opened and filled with samples."""
    if demo:
        async with open_studio(settings, demo=True) as studio:
            return await studio.account()
    agent = LazyAgent(lambda ending: new_agent(settings, ending, None))
    try:
        return await agent.account()
    finally:
        await agent.close()


async def _mended(check: LibraryCheck) -> list[Finding]:
    """Mend a library; return what was mended, and what is found afterwards."""
    before = await check.look()
    recovered = [Finding("contents", True, sentence) for sentence in await check.mend()]
    after = await check.look()
    wrong = {finding.sentence for finding in after if not finding.is_fine}
    done = [mended(one) for one in before if not one.is_fine and one.sentence not in wrong]
    return [*recovered, *done, *after]


async def _claude(account: Account) -> list[Finding]:
    from tui.agent.cli_path import find_cli  # noqa: PLC0415

    cli = find_cli()
    version = "" if cli is None else await _version_of(cli)
    is_there = bool(version)
    ready = f"Ready: {account.name or 'logged in'}."
    login = ready if account.is_ready else f"{account.problem} {account.advice}".rstrip()
    contract = [] if cli is None or not is_there else await asyncio.to_thread(_contract, cli)
    return [
        Finding("cli", is_there, f"{cli}: {version}" if is_there else account.problem),
        *contract,
        Finding("login", account.is_ready, login),
    ]


def _contract(cli: Path) -> list[Finding]:
    """Check whether the SDK and the CLI still behave as Redraft relies on."""
    from tui.agent.cli_contract.dependences import DEPENDENCES, installed_problems  # noqa: PLC0415

    try:
        found = installed_problems(cli)
    except (OSError, ValueError) as error:
        return [Finding("contract", False, f"{cli} cannot be read: {error}.")]
    fine = f"SDK and CLI are as Redraft expects them: {len(DEPENDENCES)} things looked at."
    return [Finding("contract", False, one) for one in found] or [Finding("contract", True, fine)]


async def _version_of(cli: Path) -> str:
    """Return the version that the CLI reports; empty when it reports none."""
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
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return ""
    return output.decode("utf-8", "replace").strip()
