"""The connection to Claude; the only package that uses the Claude Agent SDK, imported lazily."""
