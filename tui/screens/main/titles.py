"""The short texts around the panes: what is on screen, and what it cost."""

from tui.domain.catalog import ContentRow
from tui.domain.content import Content
from tui.domain.costs import money
from tui.domain.ids import BranchId
from tui.domain.status import Status
from tui.screens.spending import cost_facts
from tui.screens.version_cards import counted


def draft_facts(content: Content, branch_id: BranchId) -> str:
    """Return branch, version, words, status and access on one line: `main ★ · v6 · 701 words`."""
    return " · ".join([*_draft_parts(content, branch_id), *_access_parts(content)])


def _access_parts(content: Content) -> list[str]:
    count = len(content.sources)
    sources = ["1 source" if count == 1 else f"{count} sources"] if count else []
    return [*sources, "web"] if content.has_web else sources


def _draft_parts(content: Content, branch_id: BranchId) -> list[str]:
    parts = [content.branch(branch_id).name + (" ★" if branch_id == content.main else "")]
    draft, approval = content.draft(branch_id), content.approval
    if draft is None:
        return [*parts, "no draft yet"]
    parts += [f"v{draft.number}", counted(draft.words)]
    if approval is not None and approval.sha256 == draft.sha256:
        parts.append(Status.PUBLISHED if content.status is Status.PUBLISHED else Status.APPROVED)
    elif approval is not None and branch_id == content.main:
        parts.append(f"v{approval.version} approved, v{draft.number} is newer")
    elif content.status is Status.REVIEW:
        parts.append("in review")
    if content.status is Status.ARCHIVED:
        parts.append("archived")
    return parts


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
        if is_asking:
            return "Claude is writing · esc stops · enter queues a question"
        return "Claude is writing · esc stops · enter queues"
    if content.draft(branch_id) is None:
        return "Generate: tell Claude what to write"
    return "Ask: makes no new version" if is_asking else "Revise: tell Claude what to change"


def facts(
    content: Content,
    branch_id: BranchId,
    context_percent: float | None,
    running: float | None = None,
) -> str:
    """Return context used, cost so far, model and branch on one line.

    `running` is what the running turn has cost so far; it moves, so it comes first. Context and
    model are left out while they are not known; a cost that is not known is said to be unknown.
    """
    turns = [numbered.turn for numbered in content.line(branch_id)]
    parts = [] if running is None else [f"now ~{money(running)}"]
    if context_percent is not None:
        parts.append(f"ctx {context_percent:.0f} %")
    parts += cost_facts(content, branch_id)
    model = next((turn.model for turn in reversed(turns) if turn.model), "")
    if model:
        parts.append(model.removeprefix("claude-"))
    return " · ".join([*parts, content.branch(branch_id).name])


def searched(row: ContentRow) -> str:
    """Return the text in which the search field looks for a row."""
    return " ".join((row.title, row.kind, row.status, *row.tags)).casefold()
