"""What holds for every test."""

import gc


def pytest_configure() -> None:
    """Collect garbage less often: each app of a test is one big cycle, walked again and again.

    With Python's own thresholds a quarter of the CPU of the tests of the screen goes there.
    """
    gc.set_threshold(100_000, 20, 20)
