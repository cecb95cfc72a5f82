"""Small, visible, local changes to a text; each says truthfully what it did."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tui.demo import phrases
from tui.demo.markdown import (
    items_of,
    kind_of,
    places,
    sentences_of,
    to_blocks,
    to_text,
    without_orphans,
)
from tui.demo.reading import stable_number

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


@dataclass(frozen=True, slots=True)
class Change:
    """The blocks after a change, and a truthful sentence about it without its full stop."""

    blocks: list[str]
    done: str


@dataclass(frozen=True, slots=True)
class Task:
    """A text to be changed and the words to do it with."""

    blocks: list[str]
    request: str
    title: str
    words: Mapping[str, str]
    """Values of the placeholders in `tui.demo.phrases`."""

    @property
    def seed(self) -> int:
        """Stable, and different for every text and request."""
        return stable_number(to_text(self.blocks), self.request)

    def fresh(self, pool: Sequence[str]) -> str | None:
        """A filled-in entry of a pool that is new to the text; None when it has them all."""
        filled = [entry.format(**self.words) for entry in pool]
        text = to_text(self.blocks)
        for step in range(len(filled)):
            entry = filled[(self.seed + step) % len(filled)]
            if entry not in text:
                return entry
        return None


Operation = Callable[[Task], Change | None]


def place_name(blocks: Sequence[str], at: int) -> str:
    """Where block `at` is, in words."""
    above = [block for block in blocks[:at] if block.lstrip().startswith("##")]
    return f"under “{_bare(above[-1])}”" if above else "near the top"


def opening_place(blocks: Sequence[str]) -> int | None:
    """Where the first real paragraph is: a salutation or a line all in italics does not count."""
    found = places(blocks, "paragraph")
    real = [
        at
        for at in found
        if not blocks[at].endswith(",") and not re.fullmatch(r"\*[^*]+\*", blocks[at])
    ]
    return next(iter(real or found), None)


def _bare(heading: str) -> str:
    return heading.lstrip("# \t").strip()


def _insert(task: Task, addition: str, what: str) -> Change:
    """Put a block where the request says, or at a place chosen from the text."""
    blocks = task.blocks
    asked = set(re.findall(r"\w{4,}", task.request.lower()))
    bodies = [at for at, block in enumerate(blocks) if kind_of(block) != "heading"]
    after = bodies[task.seed % max(1, len(bodies) - 1)] if bodies else len(blocks) - 1
    for at in places(blocks, "heading")[1:]:
        below = [body for body in bodies if body > at]
        if below and asked & set(re.findall(r"\w{4,}", blocks[at].lower())):
            after = below[0]
            break
    where = place_name(blocks, after + 1)
    new = [*blocks[: after + 1], *to_blocks(addition), *blocks[after + 1 :]]
    return Change(new, f"Added {what} {where}")


def adding(pool: Sequence[str], what: str) -> Operation:
    """An operation that adds something from a pool."""

    def add(task: Task) -> Change | None:
        entry = task.fresh(pool)
        return _insert(task, entry, what) if entry else None

    return add


def add_note(task: Task) -> Change:
    """What is done when nothing else fits: a paragraph about the request; never fails."""
    entry = task.fresh(phrases.NOTES)
    if entry is None:
        again = to_text(task.blocks).count(task.words["ask"])
        entry = (
            f"Once more on “{task.words['ask']}”, by now for time number {again + 1}: see above."
        )
    return _insert(task, entry, f"a paragraph on “{task.words['ask']}”")


def add_section(task: Task) -> Change | None:
    """A section of its own for a subject the request names."""
    asked = re.search(
        r"\b(?:section|paragraph|part|bit|something)\s+(?:about|on)\s+([^.?!\n]{3,60})",
        task.request,
        re.IGNORECASE,
    )
    note = task.fresh(phrases.NOTES)
    if asked is None or note is None:
        return None
    subject = asked.group(1).strip()
    heading = f"## {subject[:1].upper()}{subject[1:]}"
    headings = [at for at in places(task.blocks, "heading") if at > 0]
    at = headings[-1] if headings else len(task.blocks)
    new = [*task.blocks[:at], heading, note, *task.blocks[at:]]
    return Change(new, f"Added a section on {subject}")


def shorten(task: Task) -> Change | None:
    """Drop about a fifth: the longest inner sentences first, else an item, else a block."""
    goal = len(to_text(task.blocks).split()) // 6
    split = {at: sentences_of(task.blocks[at]) for at in places(task.blocks, "paragraph")}
    inner = [
        (len(sentence.split()), at, nth)
        for at, sentences in split.items()
        for nth, sentence in enumerate(sentences[1:-1], start=1)
    ]
    gone: set[tuple[int, int]] = set()
    for size, at, nth in sorted(inner, reverse=True):
        if goal <= 0:
            break
        gone.add((at, nth))
        goal -= size
    blocks = list(task.blocks)
    for at in {at for at, _ in gone}:
        kept = [said for nth, said in enumerate(split[at]) if (at, nth) not in gone]
        blocks[at] = " ".join(kept)
    if gone:
        return Change(blocks, f"Cut {len(gone)} sentence{'s' * (len(gone) > 1)}")
    return _cut_item(blocks) or _cut_block(blocks) or _cut_words(blocks)


def _cut_item(blocks: list[str]) -> Change | None:
    for at in places(blocks, "list"):
        items = items_of(blocks[at])
        if len(items) > 2:
            new = [*blocks[:at], "\n".join(items[:-1]), *blocks[at + 1 :]]
            return Change(new, f"Cut the last item of the list {place_name(blocks, at)}")
    return None


def _cut_block(blocks: list[str]) -> Change | None:
    bodies = [at for at, block in enumerate(blocks) if kind_of(block) != "heading"]
    if len(bodies) < 2:
        return None
    at = bodies[len(bodies) // 2]
    nth = ORDINALS[bodies.index(at)] if bodies.index(at) < len(ORDINALS) else "middle"
    what = f"Cut the {nth} block, {place_name(blocks, at)}"
    return Change(without_orphans([*blocks[:at], *blocks[at + 1 :]]), what)


def _cut_words(blocks: list[str]) -> Change | None:
    bodies = [at for at, block in enumerate(blocks) if kind_of(block) != "heading"]
    for at in bodies:
        words = blocks[at].split()
        if len(words) > 1:
            keep = max(1, len(words) * 3 // 4)
            short = " ".join(words[:keep]).rstrip(",;:") + ("" if keep == 1 else ".")
            return Change([*blocks[:at], short, *blocks[at + 1 :]], "Cut the end of what was left")
    return None


def change_intro(task: Task) -> Change | None:
    """Tighten the first paragraph, or write it anew; touches nothing else."""
    at = opening_place(task.blocks)
    if at is None:
        return None
    intro = sentences_of(task.blocks[at])
    if re.search(r"tight|short|cut|trim|brief", task.request, re.IGNORECASE) and len(intro) > 1:
        kept = [intro[0], intro[-1]] if len(intro) > 3 else intro[:1]
        new, done = (
            " ".join(kept),
            f"Tightened the opening from {len(intro)} sentences to {len(kept)}",
        )
    else:
        new, done = task.fresh(phrases.OPENINGS) or "", "Wrote the opening anew"
    if not new:
        return None
    return Change([*task.blocks[:at], new, *task.blocks[at + 1 :]], done)


def change_ending(task: Task) -> Change | None:
    """Write the last paragraph anew, or add one when the text ends otherwise."""
    new = task.fresh(phrases.ENDINGS)
    if new is None:
        return None
    if len(task.blocks) > 1 and kind_of(task.blocks[-1]) == "paragraph":
        return Change([*task.blocks[:-1], new], "Wrote the last paragraph anew")
    return Change([*task.blocks, new], "Added a closing paragraph")


def change_title(task: Task, *, bold: bool = False) -> Change | None:
    """Another title: the one the request quotes, else the topic with another ending."""
    at = next((at for at in places(task.blocks, "heading")), None)
    old = _bare(task.blocks[at]) if at is not None else ""
    asked = re.search(r"[\"“‘']([^\"”’\n]{2,120})[\"”’']", task.request)
    if asked is not None and asked.group(1).strip() and asked.group(1).strip() != old:
        new = asked.group(1).strip()
    else:
        endings = phrases.BOLD_TITLE_ENDINGS if bold else phrases.TITLE_ENDINGS
        base, ended = old or task.title, -1
        for ending in phrases.TITLE_ENDINGS + phrases.BOLD_TITLE_ENDINGS:
            if base.endswith(ending):
                base = base.removesuffix(ending)
                ended = endings.index(ending) if ending in endings else -1
                break
        start = ended + 1 if ended >= 0 else task.seed
        new = base + endings[start % len(endings)]
    if at is None:
        return Change([f"# {new}", *task.blocks], f"Gave it a title, “{new}”")
    mark = task.blocks[at].split()[0]
    blocks = [*task.blocks[:at], f"{mark} {new}", *task.blocks[at + 1 :]]
    return Change(blocks, f"Changed the title to “{new}”")
