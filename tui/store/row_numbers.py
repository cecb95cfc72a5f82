"""The numbers of rows in TinyDB's tables, and by them the tables of a content; pure.

A save that is appended to a file names rows by their numbers. So a new row must not change the
numbers of others.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from typing import Final

from tui.store.migrations import Row, Tables

TURNS_A_BRANCH: Final = 100_000
"""Between the numbers of the first turns of two branches."""

MOST_BRANCHES: Final = 9_000
"""Branches whose turns can be numbered so: a number has nine digits at most."""

_TOGETHER: Final = 100
"""Numbers of rows that are kept as text together."""


def rows_to_tables(rows: Mapping[str, Sequence[Row]]) -> Tables:
    """Return rows as TinyDB's tables, which number them from 1.

    The turns of each branch have numbers of their own, `TURNS_A_BRANCH` apart, so that a new turn
    does not change the numbers of those on other branches.
    """
    return {
        name: _numbered_by_branch(rows) if name == "turns" else _numbered(table_rows)
        for name, table_rows in rows.items()
    }


def _numbered_by_branch(rows: Mapping[str, Sequence[Row]]) -> dict[str, Row]:
    places = {row["id"]: place for place, row in enumerate(rows["branches"])}
    turns: dict[str, Row] = {}
    for branch, of_branch in groupby(rows["turns"], itemgetter("branch")):
        turns |= _numbered(list(of_branch), places[branch] * TURNS_A_BRANCH + 1)
    is_fit = len(turns) == len(rows["turns"]) and len(places) <= MOST_BRANCHES
    return turns if is_fit else _numbered(rows["turns"])


def _numbered(table_rows: Sequence[Row], first: int = 1) -> dict[str, Row]:
    end = first + len(table_rows)
    rest = end - len(table_rows) % _TOGETHER
    known = map(_hundred_numbers, range(first, rest, _TOGETHER))
    numbers = chain(chain.from_iterable(known), map(str, range(rest, end)))
    return dict(zip(numbers, table_rows, strict=True))


@lru_cache(maxsize=1_000)
def _hundred_numbers(first: int) -> tuple[str, ...]:
    """Return a hundred numbers as text; making them is a third of what a save of 500 turns is."""
    return tuple(map(str, range(first, first + _TOGETHER)))
