"""People in a content's file: kept, and absent in the files of an older Redraft."""

from dataclasses import replace

from tests.store.samples import START, sample, with_approval, with_text
from tui.domain.person import NOBODY, Person
from tui.domain.signing import signed
from tui.domain.steps import Action, UndoStep
from tui.store.catalog_row import newest_step
from tui.store.content_rows import content_from_rows, content_to_rows

ANN = Person("Ann Ek", "ann", "desk")


def test_who_made_and_approved_a_text_is_kept_and_old_rows_name_nobody() -> None:
    plain = with_approval(with_text("by hand")(sample()))
    content = signed(replace(plain, versions=(), approvals=()), plain, ANN)
    content = replace(content, undo=(UndoStep(Action.APPROVE, START, (), ANN),))
    rows = content_to_rows(content)
    assert content_from_rows(rows) == content
    assert {version.by for version in content.versions} == {ANN}
    for table in ("versions", "approvals", "undo"):
        for row in rows[table]:
            del row["by"]
    old = content_from_rows(rows)
    assert {version.by for version in old.versions} == {NOBODY}
    assert [approval.by for approval in old.approvals] == [NOBODY]
    assert [step.by for step in old.undo] == [Person("ann", "ann", "desk")]
    assert old.undo[0].by.id == ANN.id  # One's own steps stay one's own.
    assert newest_step({"undo": {"1": rows["undo"][0]}}) == (START, ANN.id)
