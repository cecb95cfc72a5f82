"""`python -m tui` is `redraft`. Importing makes no garbage, so that none is looked for."""

import sys

from tui.composition.collector import eased_collection


def main() -> int:
    """Run Redraft and return its exit code."""
    with eased_collection():
        from tui.cli import main as run  # noqa: PLC0415 (this is what is eased)

        return run()


if __name__ == "__main__":
    sys.exit(main())
