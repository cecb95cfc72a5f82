"""The library on disk: documents, crash-safe files, locks, recovery; the only user of TinyDB."""
