"""The Claude sessions behind the demo's samples, as transcripts of Claude Code.

With these sessions, the first new prompt on a sample resumes a session, as in any library.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tui.domain.content import Branch, Content
from tui.domain.ids import SessionId

_MODEL = "claude-sonnet-4-5"


def with_sessions(content: Content) -> Content:
    """Return a sample whose branches are live, except branches without turns of their own."""
    live = (replace(branch, is_live=bool(branch.turns)) for branch in content.branches)
    return replace(content, branches=tuple(live))


def sample_transcripts(content: Content) -> Iterator[tuple[SessionId, list[dict[str, Any]]]]:
    """Yield each session of a sample and the rows of its transcript, a prompt before its answer."""
    for branch in content.branches:
        if branch.is_live:
            yield branch.session, list(_rows(content, branch))


def _rows(content: Content, branch: Branch) -> Iterator[dict[str, Any]]:
    parent: str | None = None
    for numbered in content.lineage(branch.id):
        turn = numbered.turn
        common = {
            "isSidechain": False,
            "userType": "external",
            "entrypoint": "sdk-py",
            "sessionId": branch.session,
            "timestamp": turn.started_at.isoformat(),
        }
        prompt = {"role": "user", "content": turn.prompt}
        yield {"type": "user", "uuid": turn.id, "parentUuid": parent, "message": prompt, **common}
        parent = turn.anchor
        answer = {
            "id": f"msg_{turn.id}",
            "type": "message",
            "role": "assistant",
            "model": _MODEL,
            "content": [{"type": "text", "text": turn.reply}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 0, "output_tokens": 0},
        }
        yield {
            "type": "assistant",
            "uuid": parent,
            "parentUuid": turn.id,
            "message": answer,
            **common,
        }
