"""Opening of a studio: its store, agent, clock and ids, for the real program and the demo."""

import asyncio
import contextlib
import logging
import secrets
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

from tui.clock import utc_now
from tui.composition.lazy_agent import LazyAgent
from tui.composition.person import PersonHere
from tui.composition.rescue import RescueFolder
from tui.domain.costs import Budgets
from tui.domain.errors import AgentProblem, LibraryProblem, Refused
from tui.domain.ids import ContentId
from tui.settings import Settings, log_file, settings_file
from tui.studio.ports import Agent, LibraryCheck, Store
from tui.studio.studio import Studio

if TYPE_CHECKING:
    from tui.store.library import TinyStore
    from tui.store.transcripts import TranscriptFiles

CLOSING_SECONDS: Final = 3.0
"""Seconds in which turns have to be stopped and saved when Redraft ends."""

DEMO_MARK: Final = ".redraft-demo"
"""Name of the file that marks a library as the demo's, so that the demo may write there."""

_ID_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without 0, 1, i, l and o, which are mistaken for each other."""
_ID_LENGTH: Final = 10

_log = logging.getLogger("redraft")


class RandomIds:
    """Generates random ids; implements `NewIds` of the studio's ports."""

    def content(self) -> ContentId:
        """Return ten random characters that are not mistaken for each other."""
        return ContentId("".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH)))

    def uuid(self) -> str:
        """Return a random UUID."""
        return str(uuid.uuid4())


@asynccontextmanager
async def open_studio(
    settings: Settings, *, demo: bool, recover_after: float | None = None
) -> AsyncIterator[Studio]:
    """Yield the studio of a library; at the end, running turns are stopped and saved.

    `recover_after` is the delay in seconds before turns that a dead program left are recovered in
    the background; when it is None, opening a content waits for their recovery. Raises
    `LibraryProblem` when the library cannot be used, and `Refused` when the demo would write into
    a library that is not the demo's.
    """
    from tui.composition.services import library_services  # noqa: PLC0415
    from tui.store.library import TinyStore  # noqa: PLC0415 (--help and slips do without TinyDB)

    isolation = demo_folder() / "claude"
    if demo:
        _mark_as_demo(settings.library)
        _isolate_process(isolation)
    who = PersonHere(settings.author)
    store = await TinyStore.open(
        settings.library, who=who, place_of=who.id, trusts_index=recover_after is not None
    )
    agent = LazyAgent(lambda ending: new_agent(settings, ending, isolation if demo else None))
    studio = Studio(
        store,
        agent,
        utc_now,
        RandomIds(),
        model=settings.model,
        budgets=Budgets(settings.turn_budget, settings.content_budget, str(settings_file())),
        live_sessions=settings.live_sessions,
        recover_after=recover_after,
        services=library_services(settings, store, utc_now, RandomIds()),
        rescue=RescueFolder(log_file().parent / "rescued").keep,
        who=who,
    )
    async with AsyncExitStack() as ending:
        ending.push_async_callback(_close, studio, agent)
        if demo:
            await _add_samples(store, settings.library)
        yield studio


def library_check(library: Path) -> LibraryCheck:
    """Return the doctor's check of a library, which may be missing or damaged."""
    from tui.store.doctor import FolderCheck  # noqa: PLC0415

    return FolderCheck(library, utc_now)


@asynccontextmanager
async def open_store(library: Path) -> AsyncIterator[Store]:
    """Yield the store of a library without a studio; raises `LibraryProblem`."""
    from tui.store.library import TinyStore  # noqa: PLC0415

    store = await TinyStore.open(library)
    try:
        yield store
    finally:
        await store.close()


def demo_folder() -> Path:
    """Return the folder of all files of the demo."""
    return Path(platformdirs.user_data_dir("redraft-demo", appauthor=False))


def demo_library() -> Path:
    """Return the demo's usual library; `--library` names another one."""
    return demo_folder() / "library"


def _mark_as_demo(library: Path) -> None:
    """Mark a new or empty folder as the demo's; raises `Refused` for a person's own library."""
    mark = library / DEMO_MARK
    try:
        is_free = not library.exists() or (library.is_dir() and not any(library.iterdir()))
        if not (is_free or mark.exists() or library == demo_library() or not library.is_dir()):
            raise Refused(
                f"{library} is no library of the demo's, which writes scripted texts: leave out "
                "--library, or name a folder that is empty or not there yet."
            )
        library.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.touch(0o600)
    except (OSError, ValueError) as error:  # If it matters, opening fails and says why.
        _log.warning("%s is not marked as the demo's: %s", library, error)


def _isolate_process(folder: Path) -> None:
    from tui.agent.environment import config_folder, use_config_folder  # noqa: PLC0415

    use_config_folder(config_folder(folder))


def new_agent(settings: Settings, ending: ExitStack, isolation: Path | None) -> Agent:
    """Return the agent; with an isolation folder, one that talks to the scripted writer.

    `ending` gets what has to end after the agent. Raises `AgentProblem`.
    """
    from tui.agent.claude import ClaudeAgent  # noqa: PLC0415 (not before it is needed)
    from tui.agent.environment import isolated  # noqa: PLC0415

    environment: dict[str, str] = {}
    if isolation is not None:
        environment = isolated(isolation, _started_server(ending))
        for name in ("HOME", "CLAUDE_CONFIG_DIR"):
            Path(environment[name]).mkdir(parents=True, exist_ok=True, mode=0o700)
    return ClaudeAgent(
        work_folder=settings.library / "work",
        environment=environment,
        retries=settings.retries,
        silence_limit=settings.silence_limit,
        transcripts=_transcripts(settings.library),
    )


def _transcripts(library: Path) -> "TranscriptFiles":
    from tui.store.transcripts import TranscriptFiles  # noqa: PLC0415 (not before it is needed)

    return TranscriptFiles(library / "transcripts", locks=library / "locks")


def login_command() -> tuple[str, ...]:
    """Return the command by which a person logs in to Claude; empty without a CLI."""
    from tui.agent.cli_path import find_cli  # noqa: PLC0415

    cli = find_cli()
    return () if cli is None else (str(cli), "auth", "login")


def _started_server(ending: ExitStack) -> str:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.001)  # Keys stay quick while a thread imports the server.
    try:
        from tui.demo.server import DemoServer  # noqa: PLC0415 (uvicorn is heavy)

        return ending.enter_context(DemoServer()).base_url
    except (OSError, RuntimeError) as error:
        raise AgentProblem(f"The demo's writer could not be started: {error}.") from error
    finally:
        sys.setswitchinterval(usual)


async def _add_samples(store: "TinyStore", library: Path) -> None:
    """Fill an empty library with the demo's samples and their Claude sessions."""
    from tui.agent.copies import copy_key  # noqa: PLC0415
    from tui.demo.sample_sessions import (  # noqa: PLC0415 (the demo's alone)
        sample_transcripts,
        with_sessions,
    )
    from tui.demo.samples import sample_contents, write_notes  # noqa: PLC0415

    catalog = await store.catalog()
    if catalog.rows or catalog.problems:
        return
    transcripts = _transcripts(library)
    notes = demo_folder() / "notes"
    try:
        await asyncio.to_thread(write_notes, notes)
    except OSError as error:
        raise LibraryProblem(f"The demo's notes cannot be put into {notes}: {error}.") from error
    samples = sample_contents(utc_now(), RandomIds().uuid, notes_folder=str(notes.resolve()))
    for content in map(with_sessions, samples):
        try:
            await store.create(content)
        except LibraryProblem:
            if all(row.id != content.id for row in (await store.catalog()).rows):
                raise
            continue  # Another demo, started at the same moment, made it.
        for session, rows in sample_transcripts(content):
            await transcripts.append(copy_key(session), rows)


async def _close(studio: Studio, agent: Agent) -> None:
    """Close the studio; turns that do not end in time are abandoned, and Claude's process ended."""
    closing = asyncio.create_task(studio.close())
    _, pending = await asyncio.wait({closing}, timeout=CLOSING_SECONDS)
    if not pending:
        closing.result()
        return
    _log.warning("Closing took more than %s s; Claude is ended anyway", CLOSING_SECONDS)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            await agent.close()
