"""Redraft's own version."""


def installed_version(unknown: str) -> str:
    """Return the version of the installed package; `unknown` where it is not installed."""
    import importlib.metadata  # noqa: PLC0415 (it brings the parsers of mail, seldom needed)

    try:
        return importlib.metadata.version("redraft")
    except importlib.metadata.PackageNotFoundError:
        return unknown
