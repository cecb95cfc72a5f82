"""The short texts around the panes: what is on screen, and what it cost."""

from tui.domain.catalog import ContentRow
from tui.domain.content import Content
from tui.domain.ids import BranchId
from tui.domain.status import Status


def draft_facts(content: Content, branch_id: BranchId) -> str:
    """Return branch, version, words and status on one line: `main ★ · v6 · 701 words`."""
    parts = [content.branch(branch_id).name + (" ★" if branch_id == content.main else "")]
    draft, approval = content.draft(branch_id), content.approval
    if draft is None:
        return " · ".join([*parts, "no draft yet"])
    parts += [f"v{draft.number}", f"{draft.words} words"]
    if approval is not None and approval.sha256 == draft.sha256:
        parts.append(Status.PUBLISHED if content.status is Status.PUBLISHED else Status.APPROVED)
    elif approval is not None and branch_id == content.main:
        parts.append(f"v{approval.version} approved, v{draft.number} is newer")
    elif content.status is Status.REVIEW:
        parts.append("in review")
    if content.status is Status.ARCHIVED:
        parts.append("archived")
    return " · ".join(parts)


def prompt_title(
    content: Content,
    branch_id: BranchId,
    *,
    is_asking: bool,
    is_writing: bool,
    is_stopping: bool = False,
) -> str:
    """Return what the next prompt will do."""
    if is_stopping:
        return "Stopping…"
    if is_writing:
        return "Claude is writing · esc stops"
    if content.draft(branch_id) is None:
        return "Generate: tell Claude what to write"
    return "Ask: makes no new version" if is_asking else "Revise: tell Claude what to change"


def facts(content: Content, branch_id: BranchId, context_percent: float | None) -> str:
    """Return context used, cost so far, model and branch on one line; unknown ones are left out."""
    turns = [numbered.turn for numbered in content.line(branch_id)]
    parts: list[str] = []
    if context_percent is not None:
        parts.append(f"ctx {context_percent:.0f} %")
    costs = [turn.cost for turn in turns if turn.cost is not None]
    if costs:
        parts.append(f"${sum(costs):.2f}")
    model = next((turn.model for turn in reversed(turns) if turn.model), "")
    if model:
        parts.append(model.removeprefix("claude-"))
    return " · ".join([*parts, content.branch(branch_id).name])


def searched(row: ContentRow) -> str:
    """Return the text in which the search field looks for a row."""
    return " ".join((row.title, row.kind, row.status, *row.tags)).casefold()
