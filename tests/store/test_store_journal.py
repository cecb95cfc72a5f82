"""What is typed, and what arrives, between two saves: in a journal that may be cut at any byte."""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.samples import MAIN, START, run_beside, sample, with_text
from tests.store.strategies import texts
from tests.store.test_store_place import BEGUN, FULL, SECOND
from tui.clock import utc_now
from tui.domain.content import Content, Turn, TurnKind
from tui.domain.errors import LibraryProblem
from tui.domain.ids import BranchId, ContentId, TurnId
from tui.domain.list_query import Sort
from tui.domain.passage import Span
from tui.domain.place import NOTHING_BEGUN, BegunPiece, Place
from tui.domain.turn_changes import begun_turn, interrupted
from tui.store.journal import Journal, rows_in, texts_of
from tui.store.library import TinyStore
from tui.store.migrations import CURRENT
from tui.store.repository import Repository

ID = ContentId("sample22")
RUNNING = TurnId("turn-1")
KEY = ("unsent", "a branch")
DAMAGED = b'00000000 [9, [["unsent", "a branch", 0, 0, "Of no one", null]]]\n'


def repository_on(folder: Path) -> Repository:
    repository = Repository(folder, now=utc_now, schema=CURRENT)
    repository.prepare()
    return repository


def begins(turn: Turn, content: Content) -> Content:
    """A change: a turn begins."""
    return begun_turn(content, MAIN, turn, START)


def journals(folder: Path) -> list[Path]:
    return sorted((folder / "journal").glob("*"))


def typed(place: Place, text: str) -> Place:
    return replace(place, unsent={**place.unsent, MAIN: text})


@settings(max_examples=80, deadline=None)
@given(steps=st.lists(texts(), min_size=1, max_size=6), data=st.data())
def test_a_journal_cut_at_any_byte_has_what_was_kept_before_the_cut(
    steps: Sequence[str], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "journal" / "typed-1.journal"
        journal, sizes = Journal(path), [0]
        for text in steps:
            journal.keep({KEY: text}, {})
            sizes.append(journal.size)
        whole = path.read_bytes()
        cut = data.draw(st.integers(0, len(whole)) | st.sampled_from(sizes))
        path.write_bytes(whole[:cut] + data.draw(st.sampled_from([b"", b"\0" * 40, DAMAGED])))
        found = texts_of(rows_in(path)).get(KEY)
        kept = sum(size <= cut for size in sizes) - 1
        assert (None if found is None else found.text) == (steps[kept - 1] if kept else None)
        journal.close()


@settings(max_examples=80, deadline=None)
@given(before=st.text("ab ", max_size=30), after=st.text("ab ", max_size=30))
def test_a_journal_gets_only_what_changed_of_a_text(before: str, after: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "journal" / "typed-1.journal"
        journal = Journal(path)
        for text in (before, after):
            journal.keep({KEY: text}, {})
        journal.close()
        row = rows_in(path)[-1]
        removed = before[row.at : row.at + row.removed]
        assert not removed or not row.inserted or removed[0] != row.inserted[0]
        assert not removed or not row.inserted or removed[-1] != row.inserted[-1]
        assert row.applied_to(before) == after


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_program_killed_at_any_byte_loses_nothing_it_acknowledged(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "library"
        repository = repository_on(folder)
        repository.place.write(FULL)
        places, sizes = [FULL], [0]
        for text in data.draw(st.lists(texts(), min_size=1, max_size=5)):
            places.append(data.draw(st.sampled_from([
                typed(places[-1], text),
                replace(places[-1], edits={SECOND: text}),
                replace(places[-1], wishes={SECOND: text}),
                replace(places[-1], locked={SECOND: (Span(0, len(text)),), MAIN: ()}),
                replace(places[-1], begun=BegunPiece(text, "talk", text, (text,))),
            ])))  # fmt: skip
            repository.place.write(places[-1])
            sizes.append(sum(path.stat().st_size for path in journals(folder)))
        killed = Path(name) / "killed"
        shutil.copytree(folder, killed)
        repository.place.close()
        cut = data.draw(st.integers(0, sizes[-1]))
        for path in journals(killed):
            os.truncate(path, cut)
        after = repository_on(killed)
        kept = max(number for number, size in enumerate(sizes) if size <= cut)
        assert after.place.read() == places[kept]
        after.place.close()
        assert journals(killed) == []
        assert repository_on(killed).place.read() == places[kept]


async def test_typing_writes_what_was_typed_and_not_the_place(
    store: TinyStore, folder: Path
) -> None:
    draft = "A draft of some length. " * 4_000
    place = replace(FULL, edits={SECOND: draft})
    await store.save_place(place)
    saved = (folder / "place.json").read_bytes()
    await store.save_place(replace(place, edits={SECOND: draft[:500] + "a" + draft[500:]}))
    (journal,) = journals(folder)
    before = journal.stat().st_size
    for count in range(2, 30):
        place = replace(place, edits={SECOND: draft[:500] + "a" * count + draft[500:]})
        await store.save_place(place)
    assert (folder / "place.json").read_bytes() == saved
    assert journal.stat().st_size - before < 28 * 200
    assert await store.place() == place
    assert journal.stat().st_size == 0


async def test_what_another_program_types_now_is_left_to_it(folder: Path) -> None:
    one, two = await TinyStore.open(folder), await TinyStore.open(folder)
    await one.save_place(FULL)
    await one.save_place(typed(FULL, "Being typed"))
    assert await two.place() == FULL
    await two.close()
    assert len(journals(folder)) == 1
    await one.close()
    assert journals(folder) == []
    two = await TinyStore.open(folder)
    assert await two.place() == typed(FULL, "Being typed")
    await two.close()


def left_by_a_killed_program(folder: Path, *places: Place) -> None:
    """Leave a library as a program does that is killed after it kept these places."""
    alive = folder.with_name("alive")
    if folder.exists():
        shutil.copytree(folder, alive)
    repository = repository_on(alive)
    repository.place.read()
    for place in places:
        repository.place.write(place)
    shutil.copytree(alive, folder, dirs_exist_ok=True)
    repository.place.close()
    shutil.rmtree(alive)


def test_a_journal_that_is_in_the_place_already_is_not_taken_over_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_by_a_killed_program(folder, FULL, typed(FULL, "Sent since"))
    (journal,) = journals(folder)
    monkeypatch.setattr(Path, "unlink", refuse_to_delete(journal))
    repository = repository_on(folder)
    assert repository.place.read() == typed(FULL, "Sent since")
    repository.place.write(replace(FULL, unsent={}))
    repository.place.close()
    assert journal.exists()
    repository = repository_on(folder)
    assert repository.place.read().unsent == {}
    repository.place.close()


def test_a_journal_that_cannot_be_opened_is_left_and_the_others_are_taken_over(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    left_by_a_killed_program(folder, FULL, typed(FULL, "Typed last"))
    odd = folder / "journal" / "typed-odd.journal"
    odd.mkdir()
    repository = repository_on(folder)
    assert repository.place.read() == typed(FULL, "Typed last")
    repository.place.close()
    assert journals(folder) == [odd]
    assert f"The journal {odd} is left as it is" in caplog.text


def test_what_is_typed_can_be_read_by_its_writer_alone(folder: Path) -> None:
    old = os.umask(0)
    try:
        left_by_a_killed_program(folder, FULL, typed(FULL, "A secret"))
    finally:
        os.umask(old)
    (journal,) = journals(folder)
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600


def test_a_prompt_that_was_emptied_stays_empty_when_the_program_is_killed(folder: Path) -> None:
    empty = replace(FULL, unsent={})
    left_by_a_killed_program(folder, empty, typed(empty, "Second thoughts"), empty)
    repository = repository_on(folder)
    assert repository.place.read() == empty
    repository.place.close()


def refuse_to_delete(journal: Path) -> Callable[..., None]:
    original = Path.unlink

    def unlink(path: Path, *, missing_ok: bool = False) -> None:
        if path == journal:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        original(path, missing_ok=missing_ok)

    return unlink


def test_texts_of_two_programs_for_one_prompt_stay_both(folder: Path) -> None:
    start = typed(replace(FULL, edits={}, begun=NOTHING_BEGUN), "Shorter, and")
    left_by_a_killed_program(folder, start, typed(start, "Shorter, and kinder"))
    (journal,) = journals(folder)
    rows = journal.read_bytes()
    journal.unlink()
    other = repository_on(folder)
    other.place.read()
    other.place.write(replace(typed(start, "Longer"), list_sort=Sort.STATUS))
    other.place.close()
    journal.write_bytes(rows)
    repository = repository_on(folder)
    assert repository.place.read().unsent == {MAIN: "Longer\n\nShorter, and kinder"}
    repository.place.close()


@pytest.mark.parametrize(("field", "marks"), [("edits", "locked"), ("unsent", "folded")])
@pytest.mark.parametrize(
    ("saved", "mine", "together", "marked"),
    [
        ("A saved one.", "A typed one.", "A saved one.\n\nA typed one.", ("saved", "typed")),
        ("A typed one. A saved one.", "A typed one.", "A typed one. A saved one.", ("saved",)),
        ("A ty", "A typed one. And saved", "A typed one. And saved", ("typed",)),
    ],
)
def test_marks_in_texts_of_two_programs_stay_on_their_words(
    folder: Path,
    field: str,
    marks: str,
    saved: str,
    mine: str,
    together: str,
    marked: tuple[str, ...],
) -> None:
    def typed(text: str, word: str) -> Place:
        of = (Span(text.index(word), text.index(word) + len(word)),) if word in text else ()
        changed: dict[str, Any] = {field: {MAIN: text}, marks: {MAIN: of}}
        return replace(FULL, **changed)

    left_by_a_killed_program(folder, typed("A", ""), typed(mine, "typed"))
    (journal,) = journals(folder)
    rows = journal.read_bytes()
    journal.unlink()
    other = repository_on(folder)
    other.place.read()
    other.place.write(replace(typed(saved, "saved"), list_sort=Sort.STATUS))
    other.place.close()
    journal.write_bytes(rows)
    repository = repository_on(folder)
    place = repository.place.read()
    assert getattr(place, field) == {MAIN: together}
    assert tuple(span.of(together) for span in getattr(place, marks)[MAIN]) == marked
    repository.place.close()


async def test_without_room_it_is_said_and_typing_goes_on_when_there_is_some(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await TinyStore.open(folder)
    await store.save_place(FULL)
    await store.save_place(typed(FULL, "One"))
    written = os.write

    def half(handle: int, data: bytes) -> int:
        if len(data) > 8:
            return written(handle, bytes(data[:8]))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(LibraryProblem, match=r"There is no room to save .*journal"):
        await store.save_place(typed(FULL, "One and two"))
    monkeypatch.setattr(os, "write", written)
    await store.save_place(typed(FULL, "One and two and three"))
    (journal,) = journals(folder)
    assert texts_of(rows_in(journal))["unsent", MAIN].text == "One and two and three"
    await store.close()


async def test_a_journal_that_someone_deleted_is_written_anew(
    store: TinyStore, folder: Path
) -> None:
    await store.save_place(FULL)
    await store.save_place(replace(FULL, begun=replace(BEGUN, title="Typed before")))
    shutil.rmtree(folder / "journal")
    place = replace(typed(FULL, "Typed since"), begun=replace(BEGUN, title="Typed before"))
    await store.save_place(place)
    (journal,) = journals(folder)
    found = {key: kept.text for key, kept in texts_of(rows_in(journal)).items()}
    assert found["unsent", MAIN] == "Typed since"
    assert found["begun", "title"] == "Typed before"


def test_a_killed_process_leaves_what_it_typed_and_what_arrived(folder: Path) -> None:
    process = run_beside("types_until_killed", str(folder))
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(40)]
    process.kill()
    last = [*lines, *process.communicate(timeout=20)[0].splitlines()][-1]
    repository = repository_on(folder)
    place, turn = repository.place.read(), repository.load(ID).branch(MAIN).turns[-1]
    for text in (place.unsent[MAIN], place.begun.brief, turn.reply):
        assert len(text) >= int(last)
        assert set(text) == {"x"}
    repository.place.close()


def test_a_part_is_in_the_interrupted_turn_and_its_journal_is_gone(folder: Path) -> None:
    repository = repository_on(folder)
    repository.create(sample())
    turn = Turn(RUNNING, TurnKind.REVISE, "shorter", START)
    repository.update(ID, partial(begins, turn))
    saved = (folder / "contents" / f"{ID}.json").read_bytes()
    for end in range(1, 400):
        repository.parts.keep(ID, RUNNING, "word " * end)
    assert (folder / "contents" / f"{ID}.json").read_bytes() == saved
    (journal,) = journals(folder)
    assert journal.stat().st_size < 400 * 100
    after = repository_on(folder)  # The first one is as good as killed.
    after.update(ID, lambda content: interrupted(content, MAIN, START))
    after.parts.keep(ID, RUNNING, "word, too late")
    assert journals(folder) == []
    assert repository_on(folder).load(ID).branch(MAIN).turns[-1].reply == "word " * 399


def test_parts_of_what_was_deleted_for_good_go_with_it(folder: Path) -> None:
    repository = repository_on(folder)
    for name in ("sample22", "other222"):
        repository.create(sample(name))
        turn = Turn(TurnId(f"turn-of-{name}"), TurnKind.REVISE, "shorter", START)
        repository.update(ContentId(name), partial(begins, turn))
        repository.parts.keep(ContentId(name), turn.id, "Part")
    repository.discard(ID, with_text("the last word"))
    assert len(journals(folder)) == 2
    repository.trash.empty()
    assert ["other222" in path.name for path in journals(folder)] == [True]


def test_a_branch_that_is_known_nowhere_does_no_harm(folder: Path) -> None:
    nowhere = BranchId("no/such branch\n")
    left_by_a_killed_program(folder, Place(), replace(Place(), unsent={nowhere: "Typed"}))
    repository = repository_on(folder)
    assert repository.place.read().unsent == {nowhere: "Typed"}
    repository.place.close()
