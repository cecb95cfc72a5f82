"""What the agent says word for word: faults of the API and of the CLI, logins, limits, refusals."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from claude_agent_sdk import (
    CLINotFoundError,
    RateLimitEvent,
    RateLimitInfo,
    ServerToolResultBlock,
)

from tui.agent import cli_path, login
from tui.agent import gate as gates
from tui.agent.cli_path import login_words, missing_sentence
from tui.agent.errors import (
    LOG_IN,
    NOT_LOGGED_IN,
    connection_error,
    diagnose,
    diagnose_retry,
    quoted,
    soon,
)
from tui.agent.found_rows import found_messages
from tui.agent.gate import ToolGate
from tui.agent.lineage import lacking, newest_message
from tui.agent.login import ask_account, read_status
from tui.agent.tool_blocks import tool_events
from tui.agent.tools import RESULT_LENGTH, readable_result
from tui.agent.turn import Timeouts
from tui.agent.usage_limit import limit_events
from tui.domain.errors import AgentProblem, MissingCli, NotLoggedIn, SessionLost, SessionTaken
from tui.domain.events import Noticed, ToolEnded
from tui.domain.ids import MessageId, SessionId
from tui.domain.session import Account, FoundMessage, MessageKind, SessionSpec
from tui.domain.tools import NO_ACCESS, ToolState

LATER = "Try again in a moment."
SAID = "It said: “no”"
CREDIT = "The account has no credit left. Buy credits in the Anthropic Console, then try again."
LONG = "The conversation is too long for the model. Fork from an earlier turn, or shorten it."
FORBIDDEN = (
    "The API does not allow this with your key or login (403). Check what the account may use."
)
GONE = (
    "Claude Code no longer has the session s of this branch. What was said is in your library; "
    "start a new session that is told of it."
)
SHORTER = (
    "The session s no longer holds the answer to go on from. What was said is in your library; "
    "start a new session that is told of it."
)
REFUSED = f"Is it valid? Log in anew with `{login_words()}`, or set another ANTHROPIC_API_KEY."
PROXY = (
    "Something else than the API answered. Is there a proxy, or a network that wants a login first?"
)
AWAY = "The API cannot be reached. Check the internet connection."
REFUSING = "The API refuses connections. Is its address right, and is it running?"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"status": 400}, f"The API refused the request (400). {SAID}"),
        ({"status": 401}, f"The API refused the key or login (401). {REFUSED}"),
        ({"status": 403}, FORBIDDEN),
        ({"status": 404}, "The API does not know the model (404). Choose another model."),
        ({"status": 413}, "The request is too large for the API (413). Send a shorter text."),
        (
            {"status": 429},
            "The API's rate limit is reached (429). Wait a few minutes, then try again.",
        ),
        (
            {"status": 429, "again": "in about 2 minutes"},
            "The API's rate limit is reached (429). Try again in about 2 minutes.",
        ),
        (
            {"kind": "rate_limit"},
            "The API's rate limit is reached. Wait a few minutes, then try again.",
        ),
        ({"status": 500}, f"The API has an internal error (500). {LATER}"),
        ({"status": 529}, f"The API is overloaded (529). {LATER}"),
        ({"kind": "overloaded"}, f"The API is overloaded. {LATER}"),
        (
            {"kind": "authentication_failed"},
            f"The API refused the key or login. {REFUSED}",
        ),
        (
            {"kind": "oauth_org_not_allowed"},
            f"The API refused the key or login. {REFUSED}",
        ),
        ({"kind": "server_error"}, f"The API could not be reached or broke off. {SAID}"),
        ({}, f"Claude Code could not finish the turn. {SAID}"),
        ({"kind": "billing_error"}, CREDIT),
        ({"text": "Your credit balance is too low"}, CREDIT),
        ({"reason": "prompt_too_long", "status": 400}, LONG),
        ({"text": "Prompt is too long"}, LONG),
        ({"text": "Not logged in"}, f"You are not logged in to Claude. {LOG_IN}"),
        ({"text": "Please run /login"}, f"You are not logged in to Claude. {LOG_IN}"),
        (
            {"text": "Please run /login", "status": 401},
            f"The API refused the key or login (401). {REFUSED}",
        ),
        (
            {"kind": "model_not_found"},
            "The API does not know the model (404). Choose another model.",
        ),
        ({"text": "malformed response", "status": 200}, PROXY),
        ({"text": "connect ECONNREFUSED"}, REFUSING),
        ({"text": "Connection refused"}, REFUSING),
        *(
            ({"text": f"it was {word}"}, AWAY)
            for word in ("ENOTFOUND", "EAI_AGAIN", "getaddrinfo", "ENETUNREACH")
        ),
        ({"text": "Request timed out"}, f"The API did not answer in time. {LATER}"),
        ({"text": "a timeout"}, f"The API did not answer in time. {LATER}"),
        *(
            ({"text": f"the {word}"}, f"The connection to the API was lost. {LATER}")
            for word in ("Connection", "ECONNRESET", "socket")
        ),
    ],
)
def test_a_fault_is_said_with_what_to_do(fault: dict[str, Any], sentence: str) -> None:
    assert diagnose(**{"status": None, "text": "no", **fault}).sentence == sentence


@pytest.mark.parametrize("kind", ["", "unknown", "server_error"])
def test_a_retry_without_a_status_says_that_the_connection_failed(kind: str) -> None:
    words = "the connection to the API could not be made or broke off"
    assert diagnose_retry(status=None, kind=kind).words == words
    assert diagnose_retry(status=500, kind=kind).words == "the API has an internal error (500)"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (19, "in a moment"),
        (20, "in about a minute"),
        (89, "in about a minute"),
        (120, "in about 2 minutes"),
        (5_340, "in about 89 minutes"),
        (5_400, "in about 2 hours"),
    ],
)
def test_a_waiting_time_is_said_roughly(seconds: float, words: str) -> None:
    assert soon(seconds) == words


def test_words_from_outside_are_quoted_on_one_short_line() -> None:
    assert quoted("API Error: 400 \x1b[2J bad\nthing ") == "It said: “[2J bad thing”"
    assert quoted(" \n ") == "The log has the details; try again."
    assert quoted("y" * 160) == f"It said: “{'y' * 160}”"
    assert quoted("y" * 158 + " z" + "y" * 9) == f"It said: “{'y' * 158}…”"


@pytest.mark.parametrize(
    ("is_new", "said", "is_there", "kind", "sentence"),
    [
        (
            True,
            "Session id is already in use.",
            False,
            SessionTaken,
            "The session s exists already. Start the turn again under a new one.",
        ),
        (
            True,
            "",
            True,
            SessionTaken,
            "The session s exists already. Start the turn again under a new one.",
        ),
        (
            False,
            "No conversation found",
            True,
            SessionLost,
            GONE,
        ),
        (
            False,
            "No message found",
            True,
            SessionLost,
            SHORTER,
        ),
        (True, "Not logged in", False, NotLoggedIn, NOT_LOGGED_IN),
        (
            True,
            "segmentation fault",
            False,
            AgentProblem,
            "Claude Code could not be started. It said: “segmentation fault”",
        ),
    ],
)
def test_why_there_is_no_connection_is_said(
    is_new: bool, said: str, is_there: bool, kind: type[AgentProblem], sentence: str
) -> None:
    about = SessionSpec(SessionId("s"), is_new=is_new)
    problem = connection_error(about, RuntimeError(), said, is_there=is_there)
    assert (type(problem), str(problem)) == (kind, sentence)


def test_a_missing_program_and_a_late_one_are_said() -> None:
    spec = SessionSpec(SessionId("s"), is_new=True)
    missing = connection_error(spec, CLINotFoundError(), "", is_there=False)
    assert (type(missing), str(missing)) == (MissingCli, missing_sentence(None))
    late = connection_error(spec, TimeoutError(), "", is_there=False)
    assert str(late) == "Claude Code did not start within a minute. Try again."


@pytest.mark.parametrize(
    ("status", "used", "resets", "said"),
    [
        ("allowed_warning", 0.85, None, "Your limit is near (85% used)."),
        ("rejected", None, None, "Your usage limit is reached."),
        ("rejected", 1.2, 2_000_000_000, "Your usage limit is reached (100% used); it resets at "),
    ],
)
def test_a_usage_limit_is_told(
    status: Any, used: float | None, resets: int | None, said: str
) -> None:
    info = RateLimitInfo(status, utilization=used, resets_at=resets)
    notice = limit_events(RateLimitEvent(info, "u", "s"))[-1]
    assert isinstance(notice, Noticed)
    if resets is not None:
        local = datetime.fromtimestamp(resets, UTC).astimezone()
        said += f"{local:%H:%M, %d %B}."
    assert notice.text == said


def test_a_cli_without_a_status_is_to_be_installed_again() -> None:
    assert read_status(b"{}", Path("/bin/claude")).problem == (
        "The program that drives Claude does not work: /bin/claude gave no status. "
        "Install Redraft again."
    )
    nobody = read_status(b'{"loggedIn": false}', Path("claude"))
    assert f"{nobody.problem} {nobody.advice}" == NOT_LOGGED_IN


def test_a_cut_result_keeps_its_beginning() -> None:
    text = "  one" + " " * (RESULT_LENGTH - 5) + "two"
    assert readable_result(text) == f"  one\n… ({len(text):,} characters in all)"


def test_timeouts_are_longer_than_those_of_the_cli() -> None:
    assert (Timeouts.for_limit(60).silence, Timeouts.for_limit(60).whole) == (70, 250)
    assert (Timeouts.for_limit(20).silence, Timeouts.for_limit(20).whole) == (30, 130)
    assert Timeouts.for_limit(100).whole == 410


def test_a_row_that_is_no_message_counts_as_often_as_it_is_there() -> None:
    row = {"type": "mode", "at": 1}
    assert lacking([row], [row, row]) == [row]
    assert lacking([row, row], [row, row]) == []


async def test_a_tool_use_of_an_unknown_shape_is_refused_in_words() -> None:
    gate = ToolGate(NO_ACCESS)
    answer = await gate.before_use({"tool_name": 7, "tool_input": None}, "use", None)
    said = answer["hookSpecificOutput"]["permissionDecisionReason"]
    assert said == "That tool cannot be used like that."


async def test_a_tool_use_that_cannot_be_judged_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def judge(*_: object) -> None:
        raise RuntimeError("a fault of Redraft's own")

    monkeypatch.setattr(gates, "judge", judge)
    answer = await ToolGate(NO_ACCESS).before_use(
        {"tool_name": "Read", "tool_input": {}}, "u", None
    )
    said = answer["hookSpecificOutput"]
    assert (said["permissionDecision"], said["permissionDecisionReason"]) == (
        "deny",
        "That cannot be judged.",
    )


def test_a_result_of_a_server_without_words_is_named() -> None:
    named = ServerToolResultBlock("s", {"type": "web_search_tool_result"})
    nameless = ServerToolResultBlock("n", {})
    assert tool_events([named, nameless], {}) == [
        ToolEnded("s", ToolState.DONE, "[web_search_tool_result]"),
        ToolEnded("n", ToolState.DONE, "[result]"),
    ]


def test_the_newest_message_is_one_of_a_person_or_of_claude() -> None:
    rows = [
        {"type": "user", "uuid": "u1"},
        {"type": "assistant", "uuid": "u2"},
        {"type": "system", "uuid": "u3"},
        {"type": "assistant"},
    ]
    assert newest_message(rows) == "u2"
    assert newest_message(rows[2:]) is None


def test_a_found_message_has_its_time_its_words_and_what_it_is_a_copy_of() -> None:
    class Message:
        uuid = "m1"
        type = "user"
        said: ClassVar = [{"type": "text", "text": "Go on."}, {"type": "image"}]
        message: ClassVar = {"role": "user", "content": said}

    class Result(Message):
        uuid = "m2"
        message: ClassVar = {"content": [{"type": "tool_result", "content": "read"}]}

    row = {"timestamp": "2026-03-04T12:00:00Z", "forkedFrom": {"messageUuid": "m0"}}
    found = found_messages(cast(Any, [Message(), Result()]), {"m1": row})
    assert found == (
        FoundMessage(
            id=MessageId("m1"),
            kind=MessageKind.PROMPT,
            text="Go on.\n[image]",
            at=datetime(2026, 3, 4, 12, tzinfo=UTC),
            origin=MessageId("m0"),
            model="",
        ),
        FoundMessage(
            id=MessageId("m2"), kind=MessageKind.TOOL, text="", at=None, origin=None, model=""
        ),
    )


def test_the_cli_on_the_path_is_found_where_none_came_with_the_sdk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled, other = tmp_path / "bundled", tmp_path / "claude"
    monkeypatch.setattr(cli_path, "bundled_cli", lambda: bundled)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli_path.find_cli() is None
    other.touch(0o700)
    assert cli_path.find_cli() == other
    bundled.touch(0o700)
    assert cli_path.find_cli() == bundled


def test_without_the_sdk_its_program_is_missed_by_its_usual_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert missing_sentence(None) == (
        "The program that drives Claude is not installed: claude_agent_sdk/_bundled/claude is "
        "missing. Install Redraft again, or install Claude Code, so that `claude` is on the PATH."
    )


async def test_the_account_is_asked_in_the_environment_of_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = tmp_path / "claude"
    cli.write_text(
        '#!/bin/sh\n[ "$1 $2" = "auth status" ] && [ "$OURS" = 1 ] && [ "$THEIRS" = 1 ] '
        '&& [ -z "$CLAUDECODE" ] && echo \'{"loggedIn": true, "authMethod": "api_key"}\'\n'
    )
    cli.chmod(0o755)
    monkeypatch.setenv("THEIRS", "1")
    monkeypatch.setenv("CLAUDECODE", "1")
    assert await ask_account(cli, {"OURS": "1"}) == Account(True, name="API key")


async def test_a_cli_that_does_not_answer_is_ended_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = tmp_path / "claude"
    cli.write_text("#!/bin/sh\nexec cat /dev/zero >/dev/null\n")
    cli.chmod(0o755)
    monkeypatch.setattr(login, "_STATUS_SECONDS", 0.01)
    assert (await ask_account(cli, {})).problem == (
        f"{cli} did not say within 0 seconds whether you are logged in. Try again."
    )
