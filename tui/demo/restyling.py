"""Changes of tone and shape, and the tables of which words ask for which change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo import phrases
from tui.demo.markdown import item_text, items_of, kind_of, places, sentences_of, without_orphans
from tui.demo.revising import (
    Change,
    Operation,
    Task,
    add_section,
    adding,
    change_ending,
    change_intro,
    change_title,
    opening_place,
    place_name,
    shorten,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOST_REPLACEMENTS = 6


def _reword(
    blocks: Sequence[str], words: Mapping[str, str], most: int
) -> tuple[list[str], list[str]]:
    """Replace up to `most` phrases in prose; returns blocks and what was replaced."""
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b", re.IGNORECASE)
    replaced: list[str] = []

    def put(found: re.Match[str]) -> str:
        if len(replaced) >= most:
            return found.group()
        old = found.group()
        new = words[old.lower()]
        replaced.append(old)
        return new[:1].upper() + new[1:] if old[0].isupper() else new

    new_blocks = [
        pattern.sub(put, block) if kind_of(block) in {"paragraph", "list"} else block
        for block in blocks
    ]
    return new_blocks, replaced


def _retone(words: Mapping[str, str], pool: Sequence[str], name: str) -> Operation:
    """An operation that changes the tone: words replaced, and a sentence in the new tone."""

    def retone(task: Task) -> Change | None:
        blocks, replaced = _reword(task.blocks, words, _MOST_REPLACEMENTS)
        line = task.fresh(pool)
        done = []
        if replaced:
            done.append(f"Made {len(replaced)} phrase{'s' * (len(replaced) > 1)} {name}")
        if line is not None:
            first = opening_place(blocks)
            blocks.insert(len(blocks) if first is None else first + 1, line)
            done.append(f"{'added' if done else 'Added'} a {name} line after the opening")
        return Change(blocks, " and ".join(done)) if done else None

    return retone


def spice(task: Task) -> Change | None:
    """A bolder title, stronger words, and one line that starts an argument."""
    titled = change_title(task, bold=True) if places(task.blocks, "heading") else None
    blocks = titled.blocks if titled else task.blocks
    task = Task(blocks, task.request, task.title, task.words)
    toned = _retone(phrases.SPICY_WORDS, phrases.BOLD_LINES, "bolder")(task)
    if titled is None or toned is None:
        return toned or titled
    return Change(toned.blocks, f"{titled.done}. {toned.done}")


def listify(task: Task) -> Change | None:
    """Turn the longest paragraph into a list; when none is long enough, add a list."""
    long = [
        (len(sentences_of(task.blocks[at])), -at)
        for at in places(task.blocks, "paragraph")[1:]
        if len(sentences_of(task.blocks[at])) >= 3
    ]
    if not long:
        return adding(phrases.LISTS, "a short list")(task)
    at = -max(long)[1]
    lead, *rest = sentences_of(task.blocks[at])
    lead = (
        lead.rstrip(".") + ", point by point:" if lead.endswith(".") else lead + " Point by point:"
    )
    blocks = [*task.blocks[:at], lead, "\n".join(f"- {item}" for item in rest)]
    done = f"Made a list of {len(rest)} out of a paragraph {place_name(task.blocks, at)}"
    return Change([*blocks, *task.blocks[at + 1 :]], done)


def remove_kind(task: Task) -> Change | None:
    """Take out the tables, quotes or lists that the request wants gone; a list becomes prose."""
    for kind, pattern in (("table", r"tables?"), ("quote", r"quot"), ("list", r"lists?\b|bullet")):
        found = places(task.blocks, kind)
        if not found or not re.search(pattern, task.request, re.IGNORECASE):
            continue
        if kind == "list":
            blocks = [
                "In a sentence: "
                + "; ".join(item_text(item).rstrip(".;") for item in items_of(it))
                + "."
                if kind_of(it) == "list"
                else it
                for it in task.blocks
            ]
            return Change(blocks, f"Turned {len(found)} list{'s' * (len(found) > 1)} into prose")
        blocks = without_orphans([it for it in task.blocks if kind_of(it) != kind])
        if blocks:
            return Change(blocks, f"Took out {len(found)} {kind}{'s' * (len(found) > 1)}")
    return None


def replace_words(task: Task) -> Change | None:
    """`replace "X" with "Y"`, everywhere in the text."""
    asked = re.search(
        r"\b(?:replace|change)\s+[\"“']([^\"”'\n]+)[\"”']\s+(?:with|by|to)\s+[\"“']([^\"”'\n]*)[\"”']",
        task.request,
        re.IGNORECASE,
    )
    if asked is None:
        return None
    old, new = asked.groups()
    count = sum(block.count(old) for block in task.blocks)
    if not count or old.split() == new.split():
        return None
    blocks = [block.replace(old, new) for block in task.blocks]
    times = "once" if count == 1 else f"{count} times"
    return Change([block for block in blocks if block.strip()], f"Put “{new}” for “{old}”, {times}")


EXCLUSIVE: tuple[tuple[str, Operation], ...] = (
    (r"\b(?:replace|change)\s+[\"“']", replace_words),
    (
        r"\b(?:remove|drop|delete|without|no|lose)\b.*\b(?:tables?|quot\w*|lists?|bullets?)",
        remove_kind,
    ),
    (r"\b(?:section|paragraph|part|bit|something)\s+(?:about|on)\s", add_section),
)
"""Tried in order; the first that finds something to do is the whole revision."""

TARGETS: tuple[tuple[str, Operation], ...] = (
    (r"\b(?:title|headline|heading|call it)\b", change_title),
    (r"\b(?:intro\w*|opening|opener|lead|lede|beginning|first paragraph|start)\b", change_intro),
    (r"\b(?:ending|conclusion|closing|close|outro|last paragraph|end)\b", change_ending),
)
"""Requests that name a place: only that place changes."""

ACTIONS: tuple[tuple[str, Operation], ...] = (
    (r"\b(?:shorte[rn]\w*|short|tight\w*|cut|trim\w*|condense\w*|concise|less)\b", shorten),
    (
        r"\b(?:longer|lengthen\w*|expand\w*|more detail\w*|detail\w*|elaborate|deeper|flesh\w*)\b",
        adding(phrases.DETAILS, "a paragraph of detail"),
    ),
    (r"\b(?:spic\w+|bold\w*|provocative|punch\w*|edg\w+|stronger|sharper|daring)\b", spice),
    (
        r"\b(?:friendl\w+|simpl\w+|plain\w*|warm\w*|casual|lighter|easier|human)\b",
        _retone(phrases.PLAIN_WORDS, phrases.FRIENDLY_LINES, "plainer"),
    ),
    (
        r"\b(?:formal\w*|serious|professional|official)\b",
        _retone(phrases.FORMAL_WORDS, phrases.FORMAL_LINES, "more formal"),
    ),
    (r"\bexamples?\b|\bcase\b|\banecdote", adding(phrases.EXAMPLES, "an example")),
    (
        r"\b(?:numbers?|figures?|statistics?|stats|data|evidence|metrics?)\b",
        adding(phrases.NUMBERS, "a figure (invented, and marked so)"),
    ),
    (r"\btables?\b", adding(phrases.TABLES, "a small table")),
    (r"\bquot\w*", adding(phrases.QUOTES, "a quote")),
    (r"\b(?:lists?|bullets?|bullet points?|checklist)\b", listify),
)
"""Requests about the whole; several may be asked for at once."""
