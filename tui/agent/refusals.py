"""Why a connection could not be made, as the error a caller can act on."""

from tui.agent.cli_contract import sentences
from tui.agent.cli_contract.sentences import says
from tui.agent.cli_contract.surprises import unexpected
from tui.agent.faults import NOT_LOGGED_IN, quoted
from tui.agent.login import missing_sentence
from tui.domain.errors import AgentProblem, MissingCli, NotLoggedIn, SessionLost, SessionTaken
from tui.domain.session import SessionSpec


def taken(spec: SessionSpec) -> SessionTaken:
    """Return the problem that a new session's id is used already."""
    return SessionTaken(
        f"The session {spec.session} exists already. Start the turn again under a new one."
    )


def refusal(spec: SessionSpec, error: Exception, said: str, *, is_there: bool) -> AgentProblem:
    """Return the problem that an error in connecting stands for.

    `said` is everything the SDK and the CLI said; `is_there` is whether the session has a
    transcript.
    """
    from tui.agent.cli_contract.messages import CLINotFoundError  # noqa: PLC0415 (imports the SDK)

    if isinstance(error, CLINotFoundError):
        return MissingCli(missing_sentence(None))
    if says(said, sentences.IN_USE) or (spec.is_new and is_there):
        return taken(spec)
    if says(said, sentences.NO_SESSION) or (not spec.is_new and not is_there):
        return SessionLost(
            f"Claude Code no longer has the session {spec.session} of this branch. "
            "What was said is in your library; start a new session that is told of it."
        )
    if says(said, sentences.NO_MESSAGE):
        return SessionLost(
            f"The session {spec.session} no longer holds the answer to go on from. "
            "What was said is in your library; start a new session that is told of it."
        )
    if says(said, sentences.NOT_LOGGED_IN):
        return NotLoggedIn(NOT_LOGGED_IN)
    if isinstance(error, TimeoutError):
        return AgentProblem("Claude Code did not start within a minute. Try again.")
    unexpected("Why Claude Code could not be started", said)
    return AgentProblem(f"Claude Code could not be started. {quoted(said)}")
