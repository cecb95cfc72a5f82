"""A thread that owns files: it runs tasks in order, and never delays the program's exit."""

import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class InThread(Protocol):
    """Runs a task in the thread that owns a library's files."""

    def __call__(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        """Return what the task returns; raises what it raises, and `LibraryProblem`."""
        ...


class FileThread(Executor):
    """One daemon thread, started with the first task.

    At exit, Python waits for the threads of a `ThreadPoolExecutor`, even for one blocked on a dead
    network folder; a daemon thread is abandoned.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_shut = False
        self._lock = threading.Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue a task after all earlier ones; raises `RuntimeError` after `shutdown`."""
        result: Future[T] = Future()

        def work() -> None:
            if not result.set_running_or_notify_cancel():
                return
            try:
                done = fn(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 (the future raises it)
                result.set_exception(error)
            else:
                result.set_result(done)

        with self._lock:
            if self._is_shut:
                raise RuntimeError(f"The thread {self._name} takes no work any more.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._work.put(work)
        return result

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Accept no more tasks; queued tasks run, and are awaited unless `wait` is false.

        Raises `ValueError` for `cancel_futures`: data handed to a library is always saved.
        """
        if cancel_futures:
            raise ValueError("what was submitted is carried out")
        with self._lock:
            thread, is_first, self._is_shut = self._thread, not self._is_shut, True
            if thread is not None and is_first:
                self._work.put(None)
        if wait and thread is not None:
            thread.join()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()
