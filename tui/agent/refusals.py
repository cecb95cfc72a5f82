"""Why a connection could not be made, as the error a caller can act on."""

from tui.agent.faults import NOT_LOGGED_IN, quoted
from tui.agent.login import missing_sentence
from tui.domain.errors import AgentProblem, MissingCli, NotLoggedIn, SessionLost, SessionTaken
from tui.domain.session import SessionSpec


def refusal(spec: SessionSpec, error: Exception, said: str, *, is_there: bool) -> AgentProblem:
    """Return the problem that an error in connecting stands for.

    `said` is everything the SDK and the CLI said; `is_there` is whether the session has a
    transcript.
    """
    kind, lower = type(error).__name__, said.lower()
    if kind == "CLINotFoundError":
        return MissingCli(missing_sentence(None))
    if "already in use" in lower or (spec.is_new and is_there):
        return SessionTaken(
            f"The session {spec.session} exists already. Start the turn again under a new one."
        )
    if "no conversation found" in lower or (not spec.is_new and not is_there):
        return SessionLost(
            f"Claude Code no longer has the session {spec.session} of this branch. "
            "What was said is in your library; start a new session that is told of it."
        )
    if "no message found" in lower:
        return SessionLost(
            f"The session {spec.session} no longer holds the answer to go on from. "
            "What was said is in your library; start a new session that is told of it."
        )
    if "not logged in" in lower:
        return NotLoggedIn(NOT_LOGGED_IN)
    if isinstance(error, TimeoutError):
        return AgentProblem("Claude Code did not start within a minute. Try again.")
    return AgentProblem(f"Claude Code could not be started. {quoted(said)}")
