"""The way to Claude: the only importers of the Claude Agent SDK, and that never at import."""
