"""Redraft: a full-screen terminal studio for people who write with Claude."""
