"""Redraft's agent: connects to Claude sessions through the SDK and its bundled CLI."""

import asyncio
import contextlib
import functools
import logging
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Final

from tui.agent import transcripts as files
from tui.agent.cli_path import find_cli, missing_sentence
from tui.agent.copies import TranscriptStore
from tui.agent.environment import cli_environment, is_config_folder_used
from tui.agent.errors import NOT_LOGGED_IN, connection_error, session_taken
from tui.agent.forking import forked, place_fork
from tui.agent.gate import ToolGate
from tui.agent.keeper import TURN_WAITS, TranscriptKeeper
from tui.agent.local_files import (
    find_transcript,
    noted_cost,
    projects_folder,
    size_of,
)
from tui.agent.login import ask_account, is_logged_in, key_name
from tui.agent.options import session_options
from tui.agent.orphans import OpenSessions
from tui.agent.prices import price_list
from tui.agent.sdk import keep_logs_off_the_screen, load_sdk
from tui.agent.session import ClaudeSession
from tui.agent.turn import Timeouts
from tui.domain.errors import (
    AgentProblem,
    MissingCli,
    NotLoggedIn,
    SessionLost,
    StillAnswering,
)
from tui.domain.events import FoundEvent
from tui.domain.ids import MessageId, SessionId, TurnId
from tui.domain.session import Account, Fork, SessionSpec

if TYPE_CHECKING:
    from claude_agent_sdk import ClaudeSDKClient

_CONNECT_SECONDS: Final = 60.0
_LAST_LINES: Final = 20
_WRITTEN_SECONDS: Final = 2.0
_WRITTEN_AGAIN: Final = 0.05

_logger = logging.getLogger("redraft.agent")
_cli_logger = logging.getLogger("redraft.cli")


class ClaudeAgent:
    """Connects to Claude through the SDK; implements `tui.studio.ports.Agent`.

    `work_folder` is created when missing; the CLI runs in it, and Claude is told its path.
    `environment` isolates the CLI (see `tui.agent.environment`); when empty, the user's own login
    and `ANTHROPIC_…` variables are used. `retries` is per API request, `silence_limit` is in
    seconds. `transcripts` stores a copy of every session, from which Claude Code's own files are
    repaired (see `tui.agent.keeper`). Raises ValueError when this process does not use the
    environment's configuration folder.
    """

    def __init__(
        self,
        *,
        work_folder: Path,
        transcripts: TranscriptStore,
        environment: Mapping[str, str] = MappingProxyType({}),
        retries: int = 3,
        silence_limit: float = 60,
        cli: Path | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        if not is_config_folder_used(environment):
            raise ValueError("call use_config_folder() before making an agent with that folder")
        keep_logs_off_the_screen()
        self._work_folder = work_folder
        self._environment = cli_environment(
            environment, retries=retries, silence_limit=silence_limit
        )
        self._cli = cli
        self._timeouts = timeouts or Timeouts.for_limit(silence_limit)
        projects = projects_folder(self._environment)
        self._keeper = TranscriptKeeper(transcripts, projects=projects, work_folder=work_folder)
        self._open = OpenSessions(self._environment, work_folder)
        self._sessions: set[ClaudeSession] = set()
        self._connecting: set[asyncio.Task[ClaudeSession]] = set()

    async def warm_up(self) -> None:
        """Import the SDK ahead of the first connection; key presses are still handled meanwhile."""
        with contextlib.suppress(AgentProblem):  # The first connection says it.
            await load_sdk()

    async def account(self) -> Account:
        """Return the login state; fast, local, and never raises."""
        cli = self._cli or find_cli()
        if cli is None or not cli.is_file():
            return Account(False, problem=missing_sentence(cli))
        # An API key is accepted without asking the CLI, which might want a person to approve the
        # key.
        if name := key_name(self._environment):
            return Account(True, name=name)
        return await ask_account(cli, self._environment)

    async def connect(self, spec: SessionSpec) -> ClaudeSession:
        """Connect to a session; cancelling it leaves no process behind.

        Raises `NotLoggedIn`, `MissingCli`, `SessionLost`, `SessionTaken` or another `AgentProblem`.
        """
        # A separate task: cancelled twice, the SDK would leave its process running.
        task = asyncio.create_task(self._connect(spec), name=f"connect {spec.session}")
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            _give_up(task)
            raise

    async def fork(self, session: SessionId, up_to: MessageId, *, title: str) -> Fork:
        """Copy one of Redraft's sessions up to and including a message; the original is unchanged.

        Raises `SessionLost` when there is no such session or message.
        """
        sdk = await load_sdk()
        loop = asyncio.get_running_loop()
        limit = loop.time() + (_WRITTEN_SECONDS if self._is_live(session) else 0.0)
        while True:
            try:
                return await self._fork(sdk, session, up_to, title)
            except SessionLost:
                # The CLI writes a turn's last rows to disk a moment after sending them to the SDK.
                if loop.time() >= limit:
                    raise
                await asyncio.sleep(_WRITTEN_AGAIN)

    async def answer(
        self, session: SessionId, turn: TurnId, *, is_waiting: bool = True
    ) -> tuple[FoundEvent, ...] | None:
        """Return Claude's answer, read from the transcript, to a turn whose end no program saw.

        None when the prompt never reached the session; empty when there is no answer. A CLI that
        still writes the answer, because its Redraft was killed, is allowed to finish: this method
        waits, or without `is_waiting` raises `StillAnswering`.
        """
        if not self._is_live(session):
            if not is_waiting and await self._open.is_answering(session):
                raise StillAnswering(
                    "Claude is still finishing the answer that a Redraft which was ended asked for."
                )
            await self._outwait(session)
        sdk = await load_sdk()
        return await asyncio.to_thread(files.find_answer, sdk, session, turn)

    async def close(self) -> None:
        """Close all sessions in parallel, and everything else that this agent started."""
        connecting = list(self._connecting)
        for task in connecting:
            _give_up(task)
        await asyncio.gather(*connecting, return_exceptions=True)
        closing = [session.close() for session in self._sessions]
        for result in await asyncio.gather(*closing, return_exceptions=True):
            if isinstance(result, Exception):
                _logger.warning("not closed cleanly", exc_info=result)
        self._sessions.clear()
        await self._keeper.settled(TURN_WAITS)

    async def _connect(self, spec: SessionSpec) -> ClaudeSession:
        cli = self._cli or find_cli()
        if cli is None or not cli.is_file():
            raise MissingCli(missing_sentence(cli))
        await self._make_work_folder()
        if not spec.is_new and not self._is_live(spec.session):
            await self._outwait(spec.session)
        sdk = await load_sdk()
        if spec.is_new and await asyncio.to_thread(files.has_session, sdk, spec.session):
            raise session_taken(spec)  # As the CLI would say, once it had started.
        if not spec.is_new:
            is_free = not await self._open.is_open(spec.session)
            await self._keeper.mend(sdk, spec.session, spec.anchor, is_free=is_free)
        spent = 0.0 if spec.is_new else await asyncio.to_thread(self._spent, sdk, spec.session)
        gate, lines = ToolGate(spec.access), deque[str](maxlen=_LAST_LINES)
        client = self._client(sdk, spec, cli, gate, lines)
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await client.connect()
        except Exception as error:
            _logger.warning("session %s: no connection", spec.session, exc_info=True)
            raise await self._refusal(sdk, spec, error, lines) from error
        info = await client.get_server_info()
        session = ClaudeSession(
            spec.session,
            client,
            self._timeouts,
            copy=functools.partial(self._keeper.copy, spec.session),
            spent=spent,
            gate=gate,
            prices=price_list((info or {}).get("models")),
            on_closed=self._left,
        )
        self._sessions.add(session)
        if not is_logged_in(info):
            await session.close()
            raise NotLoggedIn(NOT_LOGGED_IN)
        return session

    async def _make_work_folder(self) -> None:
        try:
            await asyncio.to_thread(self._work_folder.mkdir, 0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise AgentProblem(
                f"The folder {self._work_folder}, in which Claude Code is to run, cannot be made: "
                f"{error.strerror}. Free the place or choose another library."
            ) from error

    def _client(
        self, sdk: ModuleType, spec: SessionSpec, cli: Path, gate: ToolGate, lines: deque[str]
    ) -> "ClaudeSDKClient":
        """Return a client that is not connected; the last lines of its stderr come into `lines`."""

        def take(line: str) -> None:
            lines.append(line)
            _cli_logger.info("%s", line)

        options = session_options(
            sdk,
            spec,
            cli=cli,
            work_folder=self._work_folder,
            environment=self._environment,
            on_stderr_line=take,
            gate=gate,
        )
        client: ClaudeSDKClient = sdk.ClaudeSDKClient(options)
        return client

    def _spent(self, sdk: ModuleType, session: SessionId) -> float | None:
        project = sdk.project_key_for_directory(self._work_folder)
        return noted_cost(find_transcript(projects_folder(self._environment), session, project))

    async def _outwait(self, session: SessionId) -> None:
        """Wait for an orphaned CLI to finish its answer, which is only readable as a whole."""
        projects = projects_folder(self._environment)
        await self._open.outwait(
            session,
            silence=self._timeouts.whole,
            sign_of_life=lambda: size_of(find_transcript(projects, session)),
        )

    async def _fork(
        self, sdk: ModuleType, session: SessionId, up_to: MessageId, title: str
    ) -> Fork:
        folder, rows = await self._keeper.whole(sdk, session, up_to)
        fork = await forked(sdk, session, rows, up_to, title)
        await asyncio.to_thread(place_fork, folder, fork)
        await self._keeper.copy(fork.session)
        return Fork(fork.session, fork.ids[up_to])

    async def _refusal(
        self, sdk: ModuleType, spec: SessionSpec, error: Exception, lines: deque[str]
    ) -> AgentProblem:
        output = "\n".join([str(error), *lines])
        is_there = await asyncio.to_thread(files.has_session, sdk, spec.session)
        return connection_error(spec, error, output, is_there=is_there)

    def _is_live(self, session: SessionId) -> bool:
        return any(live.id == session for live in self._sessions)

    def _left(self, session: ClaudeSession) -> None:
        self._sessions.discard(session)
        self._keeper.copy_behind(session.id)


def _give_up(task: asyncio.Task[ClaudeSession]) -> None:
    # Cancelled only once: cancelled twice, the SDK abandons the process that it is about to end.
    if not task.cancelling():
        task.add_done_callback(_close_unwanted)
        task.cancel()


def _close_unwanted(task: asyncio.Task[ClaudeSession]) -> None:
    """Close a session whose caller was cancelled during the connection."""
    if not task.cancelled() and task.exception() is None:
        task.result().leave()
