"""The demo's sample contents are legal, varied and always the same."""

import itertools
from datetime import UTC, datetime

from tui.demo.sample_sessions import sample_transcripts, with_sessions
from tui.demo.samples import sample_contents
from tui.domain.catalog import row_of
from tui.domain.content import Content, TurnKind
from tui.domain.drafts import finished_draft
from tui.domain.status import Status
from tui.domain.words import text_hash
from tui.studio.plan import plan_turn

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def samples() -> dict[str, Content]:
    ids = itertools.count(1)
    made = sample_contents(NOW, lambda: f"00000000-0000-4000-8000-{next(ids):012}")
    return {content.title: content for content in made}


def test_they_are_always_the_same() -> None:
    assert samples() == samples()


def test_there_is_one_of_each_kind_of_thing() -> None:
    contents = list(samples().values())
    assert len(contents) == 5
    assert len({content.kind for content in contents}) == 4
    statuses = {content.status for content in contents}
    assert statuses == set(Status) - {Status.ARCHIVED}
    assert any(len(content.branches) > 1 for content in contents)
    assert any(content.brief and not content.versions for content in contents)
    kinds = {turn.kind for c in contents for branch in c.branches for turn in branch.turns}
    assert kinds == set(TurnKind)
    rows = [row_of(content) for content in contents]
    assert any(
        row.status is Status.DRAFT and row.approved_version not in (None, row.version)
        for row in rows
    )
    assert sorted(rows, key=lambda row: row.updated_at) == rows
    assert all(content.updated_at < NOW for content in contents)


def test_every_version_and_approval_is_what_it_says() -> None:
    for content in samples().values():
        for version in content.versions:
            assert version.sha256 == text_hash(version.text)
        for approval in content.approvals:
            assert approval.sha256 == content.version(approval.version).sha256
        for branch in content.branches:
            for turn in branch.turns:
                if turn.version is not None:
                    assert finished_draft(turn.reply) == content.version(turn.version).text


def test_the_first_new_prompt_goes_on_in_the_session_behind_the_sample() -> None:
    for content in map(with_sessions, samples().values()):
        transcripts = dict(sample_transcripts(content))
        for branch in content.branches:
            line = content.lineage(branch.id)
            plan = plan_turn(content, branch.id)
            assert plan.spec.is_new == (not line)
            assert not plan.earlier
            rows = transcripts.get(plan.spec.session, [])
            assert [row["message"]["content"] for row in rows[::2]] == [
                numbered.turn.prompt for numbered in line
            ]
            assert [row["uuid"] for row in rows[1::2]] == [
                numbered.turn.anchor for numbered in line
            ]
            parents = [None, *(row["uuid"] for row in rows)]
            assert [row["parentUuid"] for row in rows] == parents[: len(rows)]


def test_ids_are_ones_that_can_be_read_aloud() -> None:
    for content in samples().values():
        assert len(content.id) == 10
        assert not set(content.id) - set("abcdefghjkmnpqrstuvwxyz23456789")
