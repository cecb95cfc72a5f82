"""The store's thread: work in order, and a disk that hangs does not hold up the end."""

import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from tui.store.thread import FileThread


def test_work_is_done_in_order_by_one_thread_and_its_errors_come_out() -> None:
    thread, seen = FileThread("files"), set[int]()
    done: list[int] = []

    def work(number: int) -> int:
        done.append(number)
        seen.add(threading.get_ident())
        if number == 3:
            raise ValueError("three")
        return number

    results = [thread.submit(work, number) for number in range(6)]
    thread.shutdown()
    assert done == list(range(6))
    assert len(seen) == 1
    assert threading.get_ident() not in seen
    assert [result.result() for result in results if result is not results[3]] == [0, 1, 2, 4, 5]
    with pytest.raises(ValueError, match="three"):
        results[3].result()
    with pytest.raises(RuntimeError, match="no work any more"):
        thread.submit(work, 7)


def test_what_was_called_off_before_it_began_is_not_done() -> None:
    thread, gate = FileThread("files"), threading.Event()
    done: list[int] = []
    thread.submit(gate.wait)
    later = thread.submit(done.append, 1)
    assert later.cancel()
    gate.set()
    thread.shutdown()
    assert done == []


def test_a_disk_that_never_answers_does_not_keep_the_program(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import asyncio, sys, threading
        from pathlib import Path
        from tui.store.library import TinyStore

        async def main() -> None:
            store = await TinyStore.open(Path(sys.argv[1]))
            hung = threading.Event()  # As on a dead network folder.
            store._repository.catalog.page = lambda *_: hung.wait()
            looking = asyncio.ensure_future(store.catalog())
            await asyncio.sleep(0)
            closing = asyncio.ensure_future(store.close())
            done, _ = await asyncio.wait({looking, closing}, timeout=0.2)
            print(len(done))

        asyncio.run(main())
        """
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "library")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "0\n", "")
