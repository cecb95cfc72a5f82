"""How a question of Claude's, and what was allowed for good, are said in plain words."""

import re
from typing import Final

from tui.domain.tools import Question

SEARCH_SERVICE: Final = "the search service of the API"
"""Where a web search goes: no host is known before it."""

_RULE: Final = re.compile(r"(\w+)(?:\((?:domain:)?(.+)\))?")


def wish(question: Question) -> str:
    """Return what Claude wants to do, as it follows “Claude asks to”."""
    match question.tool:
        case "WebSearch":
            return f"search the web for “{question.subject}”"
        case "WebFetch":
            return f"fetch {question.subject}"
        case tool:
            return f"use {tool} on “{question.subject}”"


def destination(question: Question) -> str:
    """Return where what Claude wants to do goes to; empty when that is not known."""
    if question.place:
        return question.place
    return SEARCH_SERVICE if question.tool == "WebSearch" else ""


def allowance(rule: str) -> str:
    """Return what a rule allows, such as `web searches` or `pages of example.org`."""
    match = _RULE.fullmatch(rule)
    if match is None:
        return rule
    match match[1], match[2]:
        case "WebSearch", None:
            return "web searches"
        case "WebFetch", None:
            return "all web pages"
        case "WebFetch", str(host):
            return f"pages of {host}"
        case _:
            return rule
