"""Saves appended to a long piece: what is saved is what is read, whatever happens in between."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import orjson
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.store.disk import Disk
from tests.store.samples import MAIN, sample, with_approval, with_fork, with_text, with_turn
from tests.store.strategies import contents
from tui.domain.catalog import row_of
from tui.domain.content import Content
from tui.domain.errors import LibraryProblem, NewerSchema
from tui.domain.ids import ContentId
from tui.store import damage
from tui.store.appended import LONG, Appended, body_of, divided, line_after, with_appended
from tui.store.checking import check_contents
from tui.store.content_file import ContentFile
from tui.store.content_rows import content_to_rows
from tui.store.damage import previous_file
from tui.store.encoding import decoded, encoded
from tui.store.library import TinyStore
from tui.store.migrations import CURRENT, Tables
from tui.store.row_numbers import rows_to_tables
from tui.store.unreadable import Fault, Unreadable

ID = ContentId("sample22")


def tables_of(content: Content) -> Tables:
    return rows_to_tables(content_to_rows(content))


def document(tables: Tables) -> bytes:
    return encoded(tables, schema=1, generation=1, needs="0.1")


def read(data: bytes) -> tuple[Tables, int, int]:
    """Return the tables of a file, its generation, and the size of its lines that count."""
    start, lines = divided(data)
    found = decoded(start)
    assert found.is_intact
    grown = with_appended(found.tables, found.generation, found.checksum, lines)
    if grown.damage is not None:
        raise grown.damage
    return grown.tables, grown.generation, grown.size


def grown_file(states: list[Tables]) -> list[bytes]:
    """Return the document of the first state, and a line for each of the others."""
    parts = [document(states[0])]
    checksum = decoded(parts[0]).checksum
    for generation, (before, after) in enumerate(pairwise(states), 2):
        line, checksum = line_after(checksum, body_of(before, after, generation))
        parts.append(line)
    return parts


@given(st.lists(contents(ID), min_size=1, max_size=4))
def test_a_document_with_lines_is_the_last_of_the_contents(several: list[Content]) -> None:
    states = [tables_of(content) for content in several]
    parts = grown_file(states)
    tables, generation, size = read(b"".join(parts))
    assert tables == states[-1]
    assert (generation, size) == (len(several), sum(map(len, parts[1:])))


@given(contents(ID), contents(ID), contents(ID), st.floats(0, 1, exclude_max=True))
def test_an_interrupted_line_does_not_count(
    first: Content, second: Content, third: Content, share: float
) -> None:
    states = [tables_of(content) for content in (first, second, third)]
    *whole, last = grown_file(states)
    cut = last[: int(share * len(last))]
    tables, generation, size = read(b"".join((*whole, cut)))
    assert tables == states[1]
    assert (generation, size) == (2, len(whole[1]))


@given(contents(ID), contents(ID), st.data())
def test_a_line_with_another_byte_is_damage_or_known_as_changed(
    first: Content, second: Content, data: st.DataObject
) -> None:
    start, line = grown_file([tables_of(first), tables_of(second)])
    at = data.draw(st.integers(1, len(line) - 2))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte not in (line[at], ord("\n"))))
    changed = line[:at] + bytes([other]) + line[at + 1 :]
    found = decoded(start)
    grown = with_appended(found.tables, 1, found.checksum, changed)
    assert grown.damage is not None or not grown.is_intact


def test_a_line_counts_in_its_place_only() -> None:
    pieces = [sample(), with_text("One.")(sample()), with_text("Two.")(sample()), sample()]
    start, one, two, three = grown_file([tables_of(piece) for piece in pieces])
    for lines in ((two, three), (one, three), (one, one, two), (two, one, three)):
        with pytest.raises(Unreadable) as unreadable:
            read(b"".join((start, *lines)))
        assert unreadable.value.fault is Fault.WRONG_APPENDED_CHECKSUM


def long_piece() -> Content:
    """A piece from whose size on saves are appended."""
    return with_turn("long", LONG)(with_fork("first")(sample()))


CHANGES: tuple[Callable[[Content], Content], ...] = (
    with_turn("two"),
    with_fork("second"),
    with_text("By hand."),
    with_approval,
    lambda content: replace(content, title="Another title, \ud800"),
    with_turn("three"),
    lambda content: replace(content, approvals=(), tags=("ops",)),
    with_fork("third"),
    with_turn("four"),
)


async def test_each_save_of_a_long_piece_is_read_again_and_its_backup_is_one_behind(
    folder: Path, store: TinyStore
) -> None:
    path = folder / "contents" / f"{ID}.json"
    await store.create(long_piece())
    await store.update(ID, with_turn("one"))
    made_by_whole_save, size = path.stat().st_ino, path.stat().st_size
    for change in CHANGES:
        before = await store.load(ID)
        after = await store.update(ID, change)
        file = ContentFile(path)
        assert file.read() == after
        assert file.is_intact
        assert file.row() == row_of(after)
        assert previous_file(path, CURRENT).read() == before
        assert (await store.catalog()).rows == (row_of(after),)
    assert path.stat().st_ino == made_by_whole_save
    assert path.stat().st_size < size + 40_000
    assert all(finding.is_fine for finding in check_contents(folder))


async def test_a_short_piece_is_one_document_after_each_save(
    folder: Path, store: TinyStore
) -> None:
    path = folder / "contents" / f"{ID}.json"
    await store.create(sample())
    for change in CHANGES:
        content = await store.update(ID, change)
        assert decoded(path.read_bytes()).is_intact
        assert ContentFile(path).read() == content


async def test_a_turn_on_an_earlier_branch_writes_that_turn_alone(
    folder: Path, store: TinyStore
) -> None:
    path = folder / "contents" / f"{ID}.json"
    await store.create(long_piece())
    fork = (await store.load(ID)).branches[-1].id
    assert fork != MAIN
    for name in ("one", "two"):
        await store.update(ID, partial(_with_turn_on, fork, name))
    size = path.stat().st_size
    await store.update(ID, with_turn("three", 20))
    assert path.stat().st_size < size + 3_000


def _with_turn_on(branch: str, name: str, content: Content) -> Content:
    """Return the content with a long turn on a branch, made from one of the main branch."""
    turn = with_turn(name, 10_000)(content).branch(MAIN).turns[-1]
    branches = tuple(
        replace(one, turns=(*one.turns, replace(turn, version=None))) if one.id == branch else one
        for one in content.branches
    )
    return replace(content, branches=branches)


async def test_a_file_is_written_whole_when_its_lines_are_half_as_long(
    folder: Path, store: TinyStore
) -> None:
    path = folder / "contents" / f"{ID}.json"
    await store.create(long_piece())
    whole = set()
    content = await store.load(ID)
    for number in range(30):
        content = await store.update(ID, with_turn(f"turn {number}", LONG // 16))
        start, lines = divided(path.read_bytes())
        assert len(lines) <= len(start) // 2
        whole.add(path.stat().st_ino)
        assert (
            previous_file(path, CURRENT).read().branch(MAIN).turns
            == (content.branch(MAIN).turns[:-1])
        )
    assert 2 <= len(whole) <= 8
    assert ContentFile(path).read() == content


async def test_a_copy_by_a_second_name_stays_as_it_was(folder: Path, store: TinyStore) -> None:
    path = folder / "contents" / f"{ID}.json"
    await store.create(long_piece())
    await store.update(ID, with_turn("one"))
    for name in (path, previous_file(path, CURRENT).path):
        before = await store.update(ID, with_turn(f"more {name.name}"))
        snapshot = folder / f"snapshot of {name.name}"
        os.link(name, snapshot)
        kept = snapshot.read_bytes()
        after = await store.update(ID, with_turn(f"and more {name.name}"))
        assert snapshot.read_bytes() == kept
        assert ContentFile(path).read() == after
        assert previous_file(path, CURRENT).read() == before


async def test_two_programs_that_save_in_turns_lose_nothing(folder: Path, store: TinyStore) -> None:
    await store.create(long_piece())
    other = await TinyStore.open(folder)
    content = await store.load(ID)
    for number, writer in enumerate(
        (store, store, store, other, store, other, other, other, store)
    ):
        content = await writer.update(ID, with_turn(f"turn {number}"))
    await other.close()
    assert [turn.id for turn in content.branch(MAIN).turns[1:]] == [f"turn {n}" for n in range(9)]
    assert await store.load(ID) == content


async def test_after_an_interrupted_save_the_piece_is_as_before_and_goes_on(folder: Path) -> None:
    path = folder / "contents" / f"{ID}.json"
    store = await TinyStore.open(folder)
    await store.create(long_piece())
    for name in ("one", "two", "three"):
        await store.update(ID, with_turn(name))
    before = await store.load(ID)
    await store.close()
    with path.open("ab") as file:
        file.write(divided(path.read_bytes())[1][:200])
    assert all(finding.is_fine for finding in check_contents(folder))
    store = await TinyStore.open(folder)
    assert await store.load(ID) == before
    content = before
    for name in ("four", "five", "six"):
        before, content = content, await store.update(ID, with_turn(name))
        assert previous_file(path, CURRENT).read() == before
    assert (await store.catalog()).problems == ()
    await store.close()
    assert ContentFile(path).read() == content


@pytest.mark.parametrize("at", [5_000, -5], ids=["in the document", "in a line"])
async def test_damage_in_a_long_piece_costs_one_save(folder: Path, at: int) -> None:
    path = folder / "contents" / f"{ID}.json"
    store = await TinyStore.open(folder)
    await store.create(long_piece())
    for name in ("one", "two"):
        await store.update(ID, with_turn(name))
    expected = await store.load(ID)
    await store.update(ID, with_turn("three"))
    await store.close()
    data = bytearray(path.read_bytes())
    data[at] = 0
    path.write_bytes(data)
    store = await TinyStore.open(folder)
    assert await store.load(ID) == expected
    assert len((await store.catalog()).problems) == 1
    await store.close()


@pytest.mark.parametrize(
    ("printed", "by_hand"),
    [
        (b'"brief": "Say it briefly."', b'"brief": "Say it by hand."'),
        (b'"prompt":"prompt two"', b'"prompt":"prompt 2, by hand"'),
    ],
    ids=["in the document", "in a line"],
)
async def test_a_long_piece_changed_by_hand_is_taken_as_it_is(
    folder: Path, printed: bytes, by_hand: bytes
) -> None:
    path = folder / "contents" / f"{ID}.json"
    store = await TinyStore.open(folder)
    await store.create(long_piece())
    for name in ("one", "two", "three"):
        await store.update(ID, with_turn(name))
    data = path.read_bytes()
    assert data.count(printed) == 1
    path.write_bytes(data.replace(printed, by_hand))
    content = await store.load(ID)
    turns = content.branch(MAIN).turns
    assert [turn.id for turn in turns] == ["long", "one", "two", "three"]
    assert "by hand" in content.brief + turns[2].prompt
    assert len((await store.catalog()).problems) == 1
    file = ContentFile(path)
    assert file.read() == content
    assert not file.is_intact
    whole = [finding.is_fine for finding in check_contents(folder) if finding.name == "contents"]
    assert whole == [False]
    content = await store.update(ID, with_turn("four"))
    saved = ContentFile(path)
    assert saved.read() == content
    assert saved.is_intact
    await store.close()


async def test_a_change_by_hand_that_kept_the_time_and_size_of_the_file_is_not_appended_to(
    folder: Path, store: TinyStore
) -> None:
    path = folder / "contents" / f"{ID}.json"
    await store.create(long_piece())
    for name in ("one", "two"):
        await store.update(ID, with_turn(name))
    found = path.stat()
    path.write_bytes(path.read_bytes().replace(b'"A piece"', b'"A plane"'))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    content = await store.update(ID, with_turn("three"))
    file = ContentFile(path)
    assert file.read() == content
    assert (content.title, file.is_intact) == ("A plane", True)


async def test_each_call_of_an_appended_save_may_fail(
    folder: Path, store: TinyStore, disk: Disk
) -> None:
    path = folder / "contents" / f"{ID}.json"
    await store.create(long_piece())
    await store.update(ID, with_turn("one"))
    await store.update(ID, with_turn("two"))
    with disk.watching():
        await store.update(ID, with_turn("three"))
    assert disk.position("fsync", path, disk.position("pwrite", path))
    failed = 0
    for at in range(len(disk.calls)):
        await store.update(ID, with_turn(f"before {at}"))
        before = await store.update(ID, with_turn(f"also before {at}"))
        disk.fails_at, disk.number = at, errno.EIO
        wanted = with_turn(f"at {at}")
        try:
            with disk.watching():
                after = await store.update(ID, wanted)
        except LibraryProblem:
            failed += 1
            after = await store.load(ID)
            assert after in (before, wanted(before))
        disk.fails_at = None
        other = await TinyStore.open(folder)
        assert await other.load(ID) == after
        assert (await other.catalog()).problems == ()
        await other.close()
    assert failed > 5


async def test_a_save_for_which_there_is_no_room_leaves_no_half_line(
    folder: Path, store: TinyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "contents" / f"{ID}.json"
    await store.create(long_piece())
    await store.update(ID, with_turn("one"))
    before = await store.update(ID, with_turn("two"))
    data, room = path.read_bytes(), [10_000]
    write = os.pwrite

    def into_what_is_left(handle: int, part: memoryview, offset: int) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = write(handle, part[: room[0]], offset)
        room[0] -= written
        return written

    monkeypatch.setattr(os, "pwrite", into_what_is_left)
    with pytest.raises(LibraryProblem, match=r"There is no room to save .*sample22\.json"):
        await store.update(ID, with_turn("three", 9_000))
    monkeypatch.undo()
    assert room == [0]
    assert path.read_bytes() == data
    after = await store.update(ID, with_turn("three", 9_000))
    assert ContentFile(path).read() == after
    assert previous_file(path, CURRENT).read() == before


@given(contents(ID))
@example(sample())
def test_the_tables_of_a_piece_number_the_turns_of_each_branch(content: Content) -> None:
    assume(all(branch.turns for branch in content.branches))
    first = content.branches[0]
    longer = replace(first, turns=(*first.turns, replace(first.turns[-1], label="one more")))
    before = tables_of(content)["turns"]
    after = tables_of(replace(content, branches=(longer, *content.branches[1:])))["turns"]
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1


@pytest.mark.parametrize(
    "hand",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: orjson.dumps(orjson.loads(data)),
    ],
    ids=["no last line end", "one more line end", "other line ends", "one line"],
)
async def test_a_file_that_another_program_wrote_anew_is_a_good_backup(
    folder: Path, store: TinyStore, hand: Callable[[bytes], bytes]
) -> None:
    path = folder / "contents" / f"{ID}.json"
    await store.create(long_piece())
    path.write_bytes(hand(path.read_bytes()))
    for name in ("one", "two", "three", "four"):
        before = await store.load(ID)
        await store.update(ID, with_turn(name))
        assert previous_file(path, CURRENT).read() == before
    assert divided(path.read_bytes())[1]


@pytest.mark.parametrize("ending", [b"", b" by hand"], ids=["cut off", "other bytes"])
async def test_a_file_that_lost_several_saves_at_its_end_is_recovered_from_its_backup(
    folder: Path, ending: bytes
) -> None:
    path = folder / "contents" / f"{ID}.json"
    store = await TinyStore.open(folder)
    await store.create(long_piece())
    for name in ("one", "two", "three", "four"):
        await store.update(ID, with_turn(name))
    expected = await store.load(ID)
    await store.update(ID, with_turn("five"))
    await store.close()
    start, lines = divided(path.read_bytes())
    cut = start + lines[: len(lines) // 3] + ending
    path.write_bytes(cut)
    assert not all(finding.is_fine for finding in check_contents(folder))
    store = await TinyStore.open(folder)
    assert await store.load(ID) == expected
    assert len((await store.catalog()).problems) == 1
    await store.close()
    (aside,) = path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == cut


@pytest.mark.parametrize("is_there", [True, False], ids=["backup", "no backup"])
async def test_a_power_cut_in_the_middle_of_a_save_costs_no_other_save(
    folder: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    path = folder / "contents" / f"{ID}.json"
    store = await TinyStore.open(folder)
    await store.create(long_piece())
    for name in ("one", "two"):
        await store.update(ID, with_turn(name))
    saved = await store.update(ID, with_turn("three"))
    backup, before = previous_file(path, CURRENT).path, path.stat().st_size
    kept = backup.read_bytes()
    await store.update(ID, with_turn("four", 10_000))
    await store.close()
    # The backup's line was never written, and of the file's line the first block was not.
    backup.write_bytes(kept)
    if not is_there:
        backup.unlink()
    data = bytearray(path.read_bytes())
    data[before : before + 4096] = bytes(4096)
    path.write_bytes(data)
    (finding,) = [one for one in check_contents(folder) if one.name == "contents"]
    assert "There is a good copy from before (“A piece”" in finding.found
    store = await TinyStore.open(folder)

    def refuse(*_: object) -> Path:
        raise LibraryProblem("The disk may only be read.")

    with monkeypatch.context() as patch:
        patch.setattr(damage, "set_aside", refuse)
        assert await store.load(ID) == saved
    assert await store.load(ID) == saved
    assert ContentFile(path).read() == saved
    await store.close()


@pytest.mark.parametrize("number", [errno.EACCES, errno.ELOOP])
@pytest.mark.parametrize("is_backup", [False, True], ids=["file", "backup"])
async def test_a_file_that_cannot_be_opened_for_appending_is_written_whole(
    folder: Path,
    store: TinyStore,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    is_backup: bool,
) -> None:
    path = folder / "contents" / f"{ID}.json"
    await store.create(long_piece())
    await store.update(ID, with_turn("one"))
    before = await store.update(ID, with_turn("two"))
    refused = previous_file(path, CURRENT).path if is_backup else path
    opened = os.open

    def refuse(name: str, flags: int, mode: int = 0o777) -> int:
        if Path(name) == refused and flags & os.O_WRONLY:
            raise OSError(number, os.strerror(number), name)
        return opened(name, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    after = await store.update(ID, with_turn("three"))
    assert ContentFile(path).read() == after
    assert previous_file(path, CURRENT).read() == before


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_the_rows_of_a_table_are_numbered_from_one(count: int) -> None:
    numbers = rows_to_tables({"versions": [{}] * count})["versions"]
    assert list(numbers) == [str(number) for number in range(1, count + 1)]


@pytest.mark.parametrize("is_cut", [False, True], ids=["another form", "cut off"])
async def test_lines_of_a_newer_redraft_that_do_not_fit_are_left_alone(
    folder: Path, store: TinyStore, is_cut: bool
) -> None:
    await store.create(long_piece())
    path = folder / "contents" / f"{ID}.json"
    newer = encoded(tables_of(long_piece()), schema=CURRENT.number + 1, generation=3, needs="9.9")
    line, _ = line_after(decoded(newer).checksum, body_of({}, {}, 4))
    previous_file(path, CURRENT).path.write_bytes(newer + line)
    data = newer + (line[:-2] if is_cut else b'{"saved":{"turns":[]}}\n')
    path.write_bytes(data)
    with pytest.raises(NewerSchema, match=r"Redraft 9\.9 or newer"):
        await store.load(ID)
    with pytest.raises(NewerSchema):
        await store.update(ID, with_turn("one"))
    assert any("9.9" in problem for problem in (await store.catalog()).problems)
    assert path.read_bytes() == data
    assert not list(path.parent.glob("*.damaged-*"))


def test_after_a_header_whose_checksum_is_no_text_a_line_is_not_as_it_was() -> None:
    line, _ = line_after("", body_of({}, {}, 2))
    assert not with_appended({}, 1, "\ud800", line).is_intact


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"by hand", Fault.NOT_JSON),
        (b'"by": "hand"', Fault.NOT_JSON),
        (b'{"generation":2,"rows":{},"gone":{"undo":[["1"]]}}', Fault.BAD_APPENDED_FORM),
        (b'{"generation":2,"rows":{},"gone":["undo"]}', Fault.BAD_APPENDED_FORM),
        (b'{"generation":2,"rows":{"undo":[]},"gone":{}}', Fault.BAD_APPENDED_FORM),
        (b'{"generation":3,"rows":{},"gone":{}}', Fault.WRONG_APPENDED_CHECKSUM),
    ],
)
def test_a_line_that_is_not_the_next_save_is_damage(line: bytes, fault: Fault) -> None:
    start = line_after("", b"")[0].rstrip(b"\n")
    grown = with_appended({}, 1, "", start + line.removeprefix(b"{") + b"\n")
    assert grown.damage is not None
    assert grown.damage.fault is fault
    assert (grown.generation, grown.size) == (1, 0)


def test_rows_that_are_gone_already_may_go() -> None:
    line, checksum = line_after("", b'"generation":2,"rows":{},"gone":{"undo":["1"]}}')
    assert with_appended({}, 1, "", line) == Appended(
        {}, 2, checksum, len(line), is_intact=True, damage=None
    )


@pytest.mark.parametrize("is_listed", [True, False], ids=["listed", "saved"])
async def test_a_last_save_that_was_cut_off_is_told(folder: Path, is_listed: bool) -> None:
    path = folder / "contents" / f"{ID}.json"
    store = await TinyStore.open(folder)
    await store.create(long_piece())
    for name in ("one", "two"):
        await store.update(ID, with_turn(name))
    before = await store.load(ID)
    await store.update(ID, with_text("By hand."))
    await store.close()
    os.truncate(path, path.stat().st_size - 10)
    store = await TinyStore.open(folder)
    if is_listed:
        await store.catalog()
    assert await store.update(ID, with_turn("three")) == with_turn("three")(before)
    told = (
        f"The end of {path} is cut off: of “A piece” the last save is missing, with v4 (2 words). "
        "Put a backup in its place, or go on with the piece as it is."
    )
    assert (await store.catalog()).problems == store.recovered() == (told,)
    await store.close()


async def test_a_save_that_was_killed_after_its_backup_is_no_damage(folder: Path) -> None:
    path = folder / "contents" / f"{ID}.json"
    store = await TinyStore.open(folder)
    await store.create(long_piece())
    for name in ("one", "two"):
        await store.update(ID, with_turn(name))
    before = await store.update(ID, with_turn("three"))
    size = path.stat().st_size
    await store.update(ID, with_turn("four"))
    await store.close()
    assert previous_file(path, CURRENT).read() == before
    (folder / "library.json").unlink()  # It was written before, and does not know this save.
    for left in (size + 1_000, size):
        os.truncate(path, left)
        store = await TinyStore.open(folder)
        assert await store.load(ID) == before
        assert (await store.catalog()).problems == ()
        await store.close()
    assert not list(path.parent.glob("*.damaged-*"))
