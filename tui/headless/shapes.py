"""The JSON that commands print: stable keys; times in ISO 8601 (UTC), money in dollars.

A sum of costs is the known part, null when nothing of it is known; `unknown_turns` beside it says
how many turns it leaves out.
"""

from collections.abc import Collection, Set
from dataclasses import asdict
from typing import Any

from tui.domain.angles import Angle
from tui.domain.catalog import ContentRow, row_of
from tui.domain.content import Branch, Choice, Content, Turn, Version
from tui.domain.costs import Cost, content_cost, cost_of
from tui.domain.person import NOBODY, Person
from tui.domain.tree import BranchNode, TurnNode, all_nodes, branch_tree
from tui.domain.tree_shape import Spot
from tui.domain.turn_changes import went_over
from tui.domain.version_words import how_made
from tui.studio.best_of import Entry, Plan

Json = dict[str, Any]
"""One JSON object."""


def row_json(row: ContentRow) -> Json:
    """Return a row of the list; `needs` is there only for one that a newer Redraft wrote."""
    shown = asdict(row)
    del shown["undo_at"], shown["undo_author"], shown["_haystack"]  # Redraft's own bookkeeping.
    if not row.needs:
        del shown["needs"]
    return {
        **shown,
        "status": row.status.value,
        "created_at": row.created_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
        "tags": list(row.tags),
    }


def content_json(content: Content) -> Json:
    """Return a content as the list shows it, with its brief and its main branch."""
    main = content.branch(content.main)
    return {
        **row_json(row_of(content)),
        "brief": content.brief,
        "branch": main.id,
        "branch_name": main.name,
        "session": main.session,
        "sources": list(content.sources),
        "has_web": content.has_web,
    }


def angle_json(angle: Angle, *, is_own: bool) -> Json:
    """Return an angle; `is_own` says whether it is a file of the library."""
    return {
        "name": angle.name,
        "title": angle.title,
        "kinds": list(angle.kinds),
        "variables": [asdict(variable) for variable in angle.variables],
        "prompt": angle.prompt,
        "is_own": is_own,
    }


def sources_json(content: Content, missing: Collection[str]) -> Json:
    """Return what Claude may use beside words for a content, and which sources are not there."""
    return {
        "content": content.id,
        "title": content.title,
        "sources": list(content.sources),
        "missing": list(missing),
        "has_web": content.has_web,
        "allowed": [
            {"branch": branch.id, "branch_name": branch.name, "rules": list(branch.allowed)}
            for branch in content.branches
            if branch.allowed
        ],
    }


def tags_json(content: Content) -> Json:
    """Return the tags of a content."""
    return {"content": content.id, "title": content.title, "tags": list(content.tags)}


def cost_json(cost: Cost) -> Json:
    """Return a sum of costs."""
    return {"cost": cost.known, "unknown_turns": cost.unknown_turns}


def person_json(person: Person) -> Json | None:
    """Return who did something; None where it was not noted."""
    return None if person == NOBODY else asdict(person)


def version_json(content: Content, version: Version) -> Json:
    """Return a version without its text, and which content and branch it belongs to."""
    approval = content.approval
    return {
        "content": content.id,
        "title": content.title,
        "status": content.status.value,
        "version": version.number,
        "words": version.words,
        "sha256": version.sha256,
        "author": version.author.value,
        "branch": version.branch,
        "branch_name": content.branch(version.branch).name,
        "after_turn": version.after_turn,
        "before": version.before,
        "is_partial": version.is_partial,
        "restored_from": version.restored_from,
        "choice": None if version.choice is None else choice_json(version.choice),
        "sources": list(version.sources),
        "label": version.label,
        "by": person_json(version.by),
        "locked": [lock.of(version.text) for lock in version.locks],
        "is_approved": approval is not None and approval.version == version.number,
        "created_at": version.created_at.isoformat(),
    }


def choice_json(choice: Choice) -> Json:
    """Return which changes of which version were taken."""
    return {
        "version": choice.version,
        "taken": choice.taken,
        "changes": choice.changes,
        "refused": [{"kept": one.kept, "refused": one.refused} for one in choice.refused],
    }


def turn_json(turn: Turn, number: int) -> Json:
    """Return a turn with its number along its branch."""
    return {
        "number": number,
        "id": turn.id,
        **_outcome_json(turn),
        "label": turn.label,
        "started_at": turn.started_at.isoformat(),
        "ended_at": None if turn.ended_at is None else turn.ended_at.isoformat(),
    }


def sent_json(content: Content, branch: Branch, number: int) -> Json:
    """Return what became of the turn with this number on a branch."""
    turn = content.turn_at(branch.id, number).turn
    version = None if turn.version is None else content.version(turn.version)
    return {
        "content": content.id,
        "branch": branch.id,
        "branch_name": branch.name,
        "session": branch.session,
        "turn": number,
        "turn_id": turn.id,
        **_outcome_json(turn),
        "reply": turn.reply,
        "words": None if version is None else version.words,
        "sha256": None if version is None else version.sha256,
        "went_over": list(went_over(content, turn)),
    }


def _outcome_json(turn: Turn) -> Json:
    """Return what was asked in a turn, and what came of it but for the reply.

    The tools that Claude used are in order, without their results.
    """
    passage, put_back = turn.passage, turn.put_back
    return {
        "kind": turn.kind.value,
        "state": turn.state.value,
        "prompt": turn.prompt,
        "version": turn.version,
        "told": turn.told,
        "is_retold": turn.is_retold,
        "failure": turn.failure,
        "tools": [
            {"name": use.name, "subject": use.subject, "state": use.state.value}
            for use in turn.tools
        ],
        "model": turn.model,
        "cost": turn.cost,
        "passage": None
        if passage is None
        else {"version": passage.version, **asdict(passage.span)},
        "limits": None if turn.limits is None else asdict(turn.limits),
        "put_back": None if put_back is None else asdict(put_back),
    }


def entry_json(content: Content, plan: Plan, number: int, entry: Entry) -> Json:
    """Return what became of one fork of a best of N; `branch` is null for one not begun."""
    version, branch = entry.version, entry.branch
    return {
        "content": content.id,
        "attempt": entry.attempt.name,
        "branch": branch,
        "branch_name": None if branch is None else content.branch(branch).name,
        "state": entry.state.value,
        "failure": entry.failure,
        "prompt": plan.sent(number),
        "reply": entry.reply.text,
        "version": None if version is None else version.number,
        "words": None if version is None else version.words,
        "sha256": None if version is None else version.sha256,
        "cost": entry.cost,
        "cache_saved": entry.reply.saved,
    }


def tree_json(content: Content, shown: Set[Spot] | None = None) -> Json:
    """Return all branches, parents before their forks, each with its own turns.

    When it is given what is `shown`, only those branches, turns and versions.
    """
    return {
        "content": content.id,
        "title": content.title,
        "status": content.status.value,
        "main": content.main,
        "approved_version": None if content.approval is None else content.approval.version,
        **cost_json(content_cost(content)),
        "branches": [
            _branch_json(content, node, shown)
            for node in all_nodes(branch_tree(content))
            if shown is None or Spot(node.branch.id) in shown
        ],
    }


def _branch_json(content: Content, node: BranchNode, shown: Set[Spot] | None) -> Json:
    branch = node.branch
    by_hand = [
        (version, turn.numbered.number)
        for turn in node.turns
        for version in turn.versions
        if version is not turn.version
    ]
    by_hand = [*((version, 0) for version in node.versions_at_start), *by_hand]
    draft = content.draft(branch.id)
    return {
        "id": branch.id,
        "name": branch.name,
        "session": branch.session,
        "is_main": node.is_main,
        "is_archived": branch.is_archived,
        "parent": branch.parent,
        "forked_after": None if branch.parent is None else branch.forked_after,
        "base_version": branch.base_version,
        "draft_version": None if draft is None else draft.number,
        "created_at": branch.created_at.isoformat(),
        **cost_json(cost_of(branch.turns)),
        "turns": [
            _node_json(turn)
            for turn in node.turns
            if shown is None or Spot(branch.id, turn.numbered.number) in shown
        ],
        "by_hand": [
            _by_hand_json(node, version)
            for version, turn in by_hand
            if shown is None or Spot(branch.id, turn, version.number) in shown
        ],
    }


def _by_hand_json(node: BranchNode, version: Version) -> Json:
    """Return a version that no turn made, without its text."""
    return {
        "version": version.number,
        "after_turn": version.after_turn,
        "author": version.author.value,
        "made": how_made(version),
        "by": person_json(version.by),
        "label": version.label,
        "words": version.words,
        "change": node.change(version),
        "created_at": version.created_at.isoformat(),
    }


def _node_json(node: TurnNode) -> Json:
    version = node.version
    return {
        **turn_json(node.numbered.turn, node.numbered.number),
        "draft_version": None if version is None else version.number,
        "words": None if version is None else version.words,
        "change": node.change,
    }


def whole_json(content: Content) -> Json:
    """Return everything of a content: branches, turns with their replies, versions with texts."""
    tree = tree_json(content)
    replies = {turn.id: turn.reply for branch in content.branches for turn in branch.turns}
    for branch in tree["branches"]:
        for turn in branch["turns"]:
            turn["reply"] = replies[turn["id"]]
    return {
        **content_json(content),
        "branches": tree["branches"],
        "versions": [
            {**version_json(content, version), "text": version.text} for version in content.versions
        ],
        "approvals": [
            {
                "version": entry.version,
                "sha256": entry.sha256,
                "at": entry.at.isoformat(),
                "by": person_json(entry.by),
            }
            for entry in content.approvals
        ],
        "publications": [
            {
                "version": entry.version,
                "sha256": entry.sha256,
                "at": entry.at.isoformat(),
                "target": entry.target,
            }
            for entry in content.publications
        ],
    }
