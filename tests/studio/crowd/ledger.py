"""What the library has acknowledged, and whether it still knows it.

Most of it can only grow: turns that ended, prompts, versions, branches. What can change (a title, a
label, a status) is a register: its value must be one that some operation wrote, and no operation
that was acknowledged may have begun to write another one after that.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.studio.crowd.world import AUTHORS, who_at
from tui.domain.content import Content, TurnState
from tui.domain.ids import BranchId, ContentId
from tui.domain.words import text_hash

Fact = tuple[Any, ...]
Key = tuple[Any, ...]
ANY: Final = object()
"""What was written is not known."""
WHERE: Final = ("where",)
STATUS: Final = ("status",)


@dataclass(frozen=True)
class Write:
    """What an operation wrote, or may have written."""

    begun: float
    ended: float
    value: Any
    is_certain: bool

    def is_seen_in(self, value: Any) -> bool:
        return self.value is ANY or self.value == value


def facts_of(content: Content) -> set[Fact]:
    """Return what a content says that no later operation takes back."""
    facts: set[Fact] = {("piece", content.created_at, content.brief)}
    for branch in content.branches:
        facts.add(("branch", branch.id, branch.parent, branch.forked_after))
        for turn in branch.turns:
            facts.add(("prompt", branch.id, turn.id, turn.prompt))
            if turn.state is not TurnState.RUNNING:
                facts.add(("turn", branch.id, turn.id, turn.state, turn.reply))
    facts |= {("version", version.number, version.sha256) for version in content.versions}
    return facts


def values_of(content: Content) -> dict[Key, Any]:
    """Return what a content says that an operation may change."""
    values: dict[Key, Any] = {
        ("title",): content.title,
        ("tags",): " ".join(content.tags),
        STATUS: content.status,
        ("main",): content.main,
        ("approval",): content.approval and content.approval.version,
        ("publication",): content.publication and content.publication.target,
    }
    for branch in content.branches:
        values["name", branch.id] = branch.name
        for turn in branch.turns:
            values["label", turn.id] = turn.label
            values["made", turn.id] = turn.version
    values |= {("called", version.number): version.label for version in content.versions}
    return values


def wrong_in(content: Content) -> Iterator[str]:
    """Say what can be true of no content, whatever was done to it."""
    for number, version in enumerate(content.versions, 1):
        if version.number != number or text_hash(version.text) != version.sha256:
            yield f"v{version.number} of {content.id} is not what its number or hash says"
    turns = [turn.id for branch in content.branches for turn in branch.turns]
    branches = [branch.id for branch in content.branches]
    if len({*turns}) < len(turns) or len({*branches}) < len(branches):
        yield f"{content.id} has an id twice"
    for step in content.undo:
        if step.by.id != AUTHORS[who_at(step.at)]:
            yield f"{content.id}: a step of {AUTHORS[who_at(step.at)]} counts as {step.by.id}'s"


class Ledger:
    """Keeps what was acknowledged; compares it with the files while nothing is under way."""

    def __init__(self) -> None:
        self._moments = itertools.count(1)
        self._facts = defaultdict[ContentId, set[Fact]](set)
        self._base: dict[ContentId, dict[Key, Any]] = {}
        """What every register was when the files were looked at last."""
        self._writes = defaultdict[tuple[ContentId, Key], list[Write]](list)
        self._anything = defaultdict[ContentId | None, list[Write]](list)
        """Operations that may have written anything, to one content or, under None, to all."""
        self._plural = set[ContentId]()
        """Contents of which there are or were several states, in the trash or from an archive."""
        self._deleters: dict[ContentId, int | None] = {}
        self._lives = defaultdict[ContentId, int](int)

    @property
    def known(self) -> tuple[ContentId, ...]:
        """The contents that were there at the last look or are new since."""
        return tuple(self._facts)

    def now(self) -> int:
        """Return a moment later than all before."""
        return next(self._moments)

    def saw(self, content: Content) -> None:
        """Note what was read or acknowledged as a whole content."""
        self._facts[content.id] |= facts_of(content)

    def keep(self, content_id: ContentId, *facts: Fact) -> None:
        """Note single facts that were acknowledged."""
        self._facts[content_id].update(facts)

    def wrote(self, content: Content, begun: int, *keys: Key) -> None:
        """Note an acknowledged change, and what of the content it was about."""
        self.saw(content)
        values = values_of(content)
        for key in keys:
            self.write(content.id, key, values[key], begun)
        self.write(content.id, STATUS, content.status, begun, is_certain=STATUS in keys)

    def write(
        self, content_id: ContentId, key: Key, value: Any, begun: int, *, is_certain: bool = True
    ) -> None:
        """Note that an operation wrote a value, or may have."""
        self._writes[content_id, key].append(Write(begun, self.now(), value, is_certain))

    def blurred(self, content_id: ContentId | None, begun: int) -> None:
        """Note an operation that may have written anything to a content, or to all."""
        self._anything[content_id].append(Write(begun, self.now(), ANY, is_certain=False))

    def several(self, content_ids: Iterable[ContentId]) -> None:
        """Note that there may be several states of contents from now on."""
        self._plural.update(content_ids)

    # -- who deleted what --------------------------------------------------------------------

    def moving(self, content_id: ContentId) -> int:
        """Note that a content is being deleted or brought back; return how often it was."""
        self._deleters[content_id] = None
        self._lives[content_id] += 1
        return self._lives[content_id]

    def deleted(self, content_id: ContentId, who: int, life: int) -> None:
        """Note who deleted a content, unless somebody else moved it meanwhile."""
        if self._lives[content_id] == life:
            self._deleters[content_id] = who

    def deleters(self) -> dict[ContentId, tuple[int, int]]:
        """Return who deleted which content, as far as that is certain, and how often it moved."""
        known = self._deleters.items()
        return {of: (who, self._lives[of]) for of, who in known if who is not None}

    # -- comparing ---------------------------------------------------------------------------

    def compare(self, files: dict[ContentId, dict[str, Content]]) -> list[str]:
        """Return what is wrong or lost, and go on from what the files say."""
        wrong: list[str] = []
        owners: dict[BranchId, ContentId] = {}
        for content_id, facts in self._facts.items():
            places = files.get(content_id, {})
            there = set[Fact]().union(*map(facts_of, places.values()))
            wrong += [f"{content_id} in {[*places]} lost {fact}" for fact in facts - there]
        for content_id, places in files.items():
            for content in places.values():
                wrong += wrong_in(content)
                owned = (owners.setdefault(branch.id, content_id) for branch in content.branches)
                wrong += [
                    f"{one} and {content_id} share a branch"
                    for one in {*owned, content_id}
                    if one != content_id
                ]
            self._plural.update({content_id} if len(places) > 1 else ())
            if content_id in self._plural:
                continue
            ((place, content),) = places.items()
            values = {**values_of(content), WHERE: place.partition("/")[0]}
            base = self._base.get(content_id, {})
            for key, value in values.items():
                if not self._may_be(content_id, key, value, base):
                    writes = self._writes[content_id, key]
                    wrong.append(f"{content_id} {key} is {value!r}: {base.get(key)!r}, {writes}")
        self._go_on(files)
        return wrong

    def _may_be(self, content_id: ContentId, key: Key, value: Any, base: dict[Key, Any]) -> bool:
        writes = list(self._writes[content_id, key])
        if key in base:
            writes.append(Write(-math.inf, -math.inf, base[key], is_certain=True))
        certain = [write for write in writes if write.is_certain]
        if not certain:
            return True
        writes += [*self._anything[content_id], *self._anything[None]]
        last = max(write.begun for write in certain)
        return any(write.is_seen_in(value) and write.ended >= last for write in writes)

    def _go_on(self, files: dict[ContentId, dict[str, Content]]) -> None:
        self._writes.clear()
        self._anything.clear()
        self._base.clear()
        for content_id, places in files.items():
            for place, content in places.items():
                self.saw(content)
                where = {WHERE: place.partition("/")[0]}
                self._base[content_id] = {**values_of(content), **where}

    def emptied(
        self,
        before: dict[ContentId, dict[str, Content]],
        after: dict[ContentId, dict[str, Content]],
    ) -> list[str]:
        """Note that the trash was emptied, at least in part; return what else is gone."""
        wrong = []
        for content_id, places in before.items():
            left = after.get(content_id, {})
            for place, content in places.items():
                if place.startswith("contents/") and left.get(place) != content:
                    wrong.append(f"emptying the trash changed {place}")
            self._facts[content_id] = set[Fact]().union(*map(facts_of, left.values()))
            if not left:
                del self._facts[content_id]
            if len(left) <= 1:
                self._plural.discard(content_id)
        self._go_on(after)
        return wrong
