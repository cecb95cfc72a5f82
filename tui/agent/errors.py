"""The agent's errors in plain words: API errors, connection errors, and failures to connect."""

import re
from typing import Final

from tui.agent.cli_contract import sentences
from tui.agent.cli_contract.sentences import has_sentence
from tui.agent.cli_contract.surprises import unexpected
from tui.agent.cli_path import login_words, missing_sentence
from tui.domain.errors import AgentProblem, MissingCli, NotLoggedIn, SessionLost, SessionTaken
from tui.domain.frozen import frozen
from tui.domain.session import SessionSpec
from tui.domain.words import capitalized

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_PREFIX: Final = re.compile(r"\AAPI Error:? ?(?:\d{3} ?)?")
"""The CLI's prefix of an API error message; the status it contains is shown anyway."""
_MOST_QUOTED: Final = 160
"""Maximum characters of an external error text on the screen; the log has the rest."""

RATE_LIMIT: Final = "rate_limit"
"""The SDK's error class for a rate limit."""
NO_LOGIN: Final = "You are not logged in to Claude."
LOG_IN: Final = (
    "Log in on the first screen of `redraft`, set ANTHROPIC_API_KEY, or try `redraft --demo`."
)
NOT_LOGGED_IN: Final = f"{NO_LOGIN} {LOG_IN}"
GONE: Final = (
    "The connection to Claude Code broke off: its process ended. "
    "What had arrived is kept; your next prompt reconnects."
)
SILENT: Final = "Claude went silent: nothing came for {seconds:.0f} seconds. Try again."
BUDGET_USED: Final = "Stopped by Claude Code: this piece's budget is used up."
NOT_TAKEN: Final = "Claude Code did not accept the prompt. Try again."


@frozen
class Diagnosis:
    """A fault as a phrase that fits into a sentence, and what to do about it."""

    words: str
    advice: str = "Try again in a moment."

    @property
    def sentence(self) -> str:
        """The fault and the advice as full sentences."""
        return f"{capitalized(self.words)}. {self.advice}"


def diagnose(
    *, status: int | None, kind: str = "", reason: str = "", text: str = "", again: str = ""
) -> Diagnosis:
    """Return the diagnosis of a failed request.

    `status` is the HTTP status, `kind` the SDK's error class (`rate_limit`), `reason` why the turn
    ended (`prompt_too_long`), `text` the CLI's own words, and `again` when the rate limit permits
    the next attempt (`in about 2 minutes`), where known.
    """
    if status == 429 or (status is None and kind == RATE_LIMIT):
        return _limited(status, again)
    return _by_text(status, kind, reason, text.lower()) or _by_status(status, kind, text)


def soon(seconds: float) -> str:
    """Return a waiting time in words, for use after “try again”."""
    minutes = round(seconds / 60)
    if seconds < 20:
        return "in a moment"
    if minutes <= 1:
        return "in about a minute"
    if minutes < 90:
        return f"in about {minutes} minutes"
    return f"in about {round(minutes / 60)} hours"


def _limited(status: int | None, again: str) -> Diagnosis:
    words = "the API's rate limit is reached" + ("" if status is None else f" ({status})")
    # Claude Code retries after a wait of up to a minute. When told to wait longer, it fails at once
    # and does not report the time.
    how_long = f"Try again {again}." if again else "Wait a few minutes, then try again."
    return Diagnosis(words, how_long)


def diagnose_retry(*, status: int | None, kind: str) -> Diagnosis:
    """Return why a request is retried; without a status, the connection failed."""
    if status is None and kind in {"", "unknown", "server_error"}:
        return Diagnosis("the connection to the API could not be made or broke off")
    return diagnose(status=status, kind=kind)


def _by_text(status: int | None, kind: str, reason: str, text: str) -> Diagnosis | None:
    if reason == "prompt_too_long" or has_sentence(text, sentences.TOO_LONG):
        return Diagnosis(
            "the conversation is too long for the model",
            "Fork from an earlier turn, or shorten it.",
        )
    if kind == "billing_error" or has_sentence(text, sentences.NO_CREDIT):
        return Diagnosis(
            "the account has no credit left",
            "Buy credits in the Anthropic Console, then try again.",
        )
    if has_sentence(text, sentences.NOT_LOGGED_IN) or (
        has_sentence(text, sentences.LOGIN_COMMAND) and status is None
    ):
        return Diagnosis("you are not logged in to Claude", LOG_IN)
    if kind == "model_not_found":
        return Diagnosis("the API does not know the model (404)", "Choose another model.")
    if has_sentence(text, sentences.MALFORMED):
        return Diagnosis(
            "something else than the API answered",
            "Is there a proxy, or a network that wants a login first?",
        )
    if status is not None:
        return None
    if "econnrefused" in text or "connection refused" in text:
        return Diagnosis("the API refuses connections", "Is its address right, and is it running?")
    if any(word in text for word in ("enotfound", "eai_again", "getaddrinfo", "enetunreach")):
        return Diagnosis("the API cannot be reached", "Check the internet connection.")
    if "timed out" in text or "timeout" in text:
        return Diagnosis("the API did not answer in time")
    if "connection" in text or "econnreset" in text or "socket" in text:
        return Diagnosis("the connection to the API was lost")
    return None


def _log_in_anew() -> str:
    # Nothing else offers it: the first screen takes a key or login that there is for valid.
    return f"Is it valid? Log in anew with `{login_words()}`, or set another ANTHROPIC_API_KEY."


def _by_status(status: int | None, kind: str, text: str) -> Diagnosis:
    match status:
        case 401:
            return Diagnosis("the API refused the key or login (401)", _log_in_anew())
        case 403:
            return Diagnosis(
                "the API does not allow this with your key or login (403)",
                "Check what the account may use.",
            )
        case 404:
            return Diagnosis("the API does not know the model (404)", "Choose another model.")
        case 413:
            return Diagnosis("the request is too large for the API (413)", "Send a shorter text.")
        case 529:
            return Diagnosis("the API is overloaded (529)")
        case int() if status >= 500:
            return Diagnosis(f"the API has an internal error ({status})")
        case int():
            return Diagnosis(f"the API refused the request ({status})", quoted(text))
        case None:
            return _by_kind(kind, text)


def _by_kind(kind: str, text: str) -> Diagnosis:
    match kind:
        case "overloaded":
            return Diagnosis("the API is overloaded")
        case "authentication_failed" | "oauth_org_not_allowed":
            return Diagnosis("the API refused the key or login", _log_in_anew())
        case "server_error":
            return Diagnosis("the API could not be reached or broke off", quoted(text))
        case _:
            return Diagnosis("Claude Code could not finish the turn", quoted(text))


def quoted(text: str) -> str:
    """Return an external error text as one short quoted line, or advice when the text is empty."""
    line = _PREFIX.sub("", _CONTROL.sub(" ", text).strip())
    if not line:
        return "The log has the details; try again."
    if len(line) > _MOST_QUOTED:
        line = line[: _MOST_QUOTED - 1].rstrip() + "…"
    return f"It said: “{line}”"


def session_taken(spec: SessionSpec) -> SessionTaken:
    """Return the error for a new session id that is already in use."""
    return SessionTaken(
        f"The session {spec.session} exists already. Start the turn again under a new one."
    )


def connection_error(
    spec: SessionSpec, error: Exception, output: str, *, is_there: bool
) -> AgentProblem:
    """Return the agent problem for an exception during connecting.

    `output` is all output of the SDK and the CLI; `is_there` is whether the session has a
    transcript.
    """
    from tui.agent.cli_contract.messages import CLINotFoundError  # noqa: PLC0415 (imports the SDK)

    if isinstance(error, CLINotFoundError):
        return MissingCli(missing_sentence(None))
    if has_sentence(output, sentences.IN_USE) or (spec.is_new and is_there):
        return session_taken(spec)
    if has_sentence(output, sentences.NO_SESSION) or (not spec.is_new and not is_there):
        return SessionLost(
            f"Claude Code no longer has the session {spec.session} of this branch. "
            "What was said is in your library; start a new session that is told of it."
        )
    if has_sentence(output, sentences.NO_MESSAGE):
        return SessionLost(
            f"The session {spec.session} no longer holds the answer to go on from. "
            "What was said is in your library; start a new session that is told of it."
        )
    if has_sentence(output, sentences.NOT_LOGGED_IN):
        return NotLoggedIn(NOT_LOGGED_IN)
    if isinstance(error, TimeoutError):
        return AgentProblem("Claude Code did not start within a minute. Try again.")
    unexpected("Why Claude Code could not be started", output)
    return AgentProblem(f"Claude Code could not be started. {quoted(output)}")
