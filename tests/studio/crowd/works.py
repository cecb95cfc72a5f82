"""What a studio and a command line do to the shared library, one operation each.

Every operation notes in the ledger what was acknowledged. Whatever it raises is the caller's.
"""

import json
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.studio.crowd.ledger import ANY, STATUS, WHERE, Ledger
from tests.studio.crowd.world import Program, World, run_command, who_at
from tests.support.by_hand import edited
from tui.domain.content import Branch, Choice, Content, TurnKind, TurnState
from tui.domain.drafts import finished_draft
from tui.domain.errors import RedraftError, Refused
from tui.domain.events import TextStreamed, TurnAccepted, TurnEnded, TurnSaved
from tui.domain.ids import ContentId, TurnId
from tui.domain.status import Status
from tui.domain.steps import Action
from tui.domain.undo import Undone
from tui.domain.words import text_hash
from tui.headless.approving import approve_version, publish_content, reopen_content, verify_text
from tui.headless.comparing import show_diff
from tui.headless.creating import create_content
from tui.headless.exporting import export_content
from tui.headless.listing import list_contents
from tui.headless.sending import send_prompt
from tui.headless.showing import show_text
from tui.headless.trees import show_tree
from tui.studio.conversation import Conversation


@dataclass
class Works:
    """The operations, and what they share."""

    world: World
    ledger: Ledger
    held: list[Conversation] = field(default_factory=list)
    """Where Claude writes, or may be about to."""
    rewound: int = 0
    """How many operations have begun that may put a label back to what it was."""
    rewinding: int = 0
    """How many of those are under way."""
    archives: list[tuple[Path, tuple[ContentId, ...]]] = field(default_factory=list)

    def _name(self, word: str) -> str:
        return f"{word} {next(self.world.numbers)}"

    async def _opened(self, program: Program, content_id: ContentId) -> tuple[Content, Branch]:
        content = await program.studio.content(content_id)
        self.ledger.saw(content)
        return content, self.world.rand.choice(content.branches)

    # -- writing -----------------------------------------------------------------------------

    async def create(self, program: Program, _: ContentId) -> None:
        begun = self.ledger.now()
        made = await program.studio.create(self._name("Piece"), brief=self._name("About"))
        self.ledger.wrote(made, begun, ("title",), ("tags",), ("main",), STATUS)

    async def send(self, program: Program, content_id: ContentId) -> None:
        content, branch = await self._opened(program, content_id)
        begun, prompt = self.ledger.now(), self._name("prompt")
        kind = self.world.rand.choice([TurnKind.REVISE, TurnKind.REVISE, TurnKind.ASK])
        talk = program.studio.conversation(content.id, branch.id)
        ended: TurnEnded | None = None
        rewound: int | None = None
        self.held.append(talk)
        try:
            async for event in talk.send(prompt, kind):
                match event:
                    case TurnAccepted():
                        self.ledger.keep(content.id, ("prompt", branch.id, event.turn, prompt))
                        rewound = await self._label_running(program, content.id, branch, event.turn)
                    case TextStreamed() if self.world.rand.random() < 0.03:
                        talk.stop()
                    case TurnEnded():
                        ended = event
                    case TurnSaved():
                        assert ended is not None
                        state, reply = TurnState(ended.outcome.value), talk.reply.text
                        self._turn_saved(content.id, branch, event, state, reply)
                        if rewound == self.rewound:
                            await self._check_label(program, content.id, branch, event.turn)
        finally:
            self.held.remove(talk)
            self.ledger.write(content.id, STATUS, ANY, begun, is_certain=False)

    async def _label_running(
        self, program: Program, content_id: ContentId, branch: Branch, turn_id: TurnId
    ) -> int | None:
        """Label the turn that runs, sometimes; return how much was rewound before, if it still did.

        The label must be there at the end, unless something that may take it back came between.
        """
        if self.world.rand.random() < 0.5:
            return None
        begun, rewound, is_calm = self.ledger.now(), self.rewound, not self.rewinding
        try:
            content = await program.studio.content(content_id)
            number, label = len(content.lineage(branch.id)), self._name("label")
            content = await program.studio.decisions.label_turn(
                content_id, branch.id, number, label
            )
        except RedraftError:
            self.ledger.blurred(content_id, begun)
            return None
        turn = content.turn_at(branch.id, number).turn
        self.ledger.wrote(content, begun, ("label", turn.id))
        is_running = turn.id == turn_id and turn.state is TurnState.RUNNING
        return rewound if is_running and is_calm else None

    async def _check_label(
        self, program: Program, content_id: ContentId, branch: Branch, turn_id: TurnId
    ) -> None:
        rewound = self.rewound
        try:
            content = await program.studio.content(content_id)
        except RedraftError:
            return
        if (
            rewound == self.rewound
        ):  # Others may have given it another label by now, but never none.
            assert content.turn(branch.id, turn_id).label, "a label given while a turn ran is gone"

    def _turn_saved(
        self, content_id: ContentId, branch: Branch, saved: TurnSaved, state: TurnState, reply: str
    ) -> None:
        self.ledger.keep(content_id, ("turn", branch.id, saved.turn, state, reply))
        text = finished_draft(reply)
        if saved.version is not None and state is TurnState.FINISHED and text is not None:
            self.ledger.keep(content_id, ("version", saved.version, text_hash(text)))

    async def fork(self, program: Program, content_id: ContentId) -> None:
        content, branch = await self._opened(program, content_id)
        begun, at = self.ledger.now(), self.world.rand.randint(0, len(content.lineage(branch.id)))
        name = self._name("fork")
        content, made = await program.studio.fork(content.id, branch.id, at, name)
        self.ledger.wrote(content, begun, ("name", made.id))

    async def edit(self, program: Program, content_id: ContentId) -> None:
        content, branch = await self._opened(program, content_id)
        begun, text = self.ledger.now(), f"One.\n\n{self._name('By hand')}.\n\nThree."
        self.ledger.wrote(await edited(program.studio, content.id, branch.id, text), begun)

    async def take(self, program: Program, content_id: ContentId) -> None:
        content, branch = await self._opened(program, content_id)
        begun, number = self.ledger.now(), len(content.lineage(branch.id))
        content = await program.studio.decisions.take_draft(content.id, branch.id, number)
        turn = content.turn_at(branch.id, number).turn
        self.ledger.wrote(content, begun, ("made", turn.id))

    async def bring_back(self, program: Program, content_id: ContentId) -> None:
        content, branch = await self._opened(program, content_id)
        begun, number = self.ledger.now(), self._number(content)
        self.ledger.wrote(
            await program.studio.decisions.bring_back(content.id, branch.id, number), begun
        )

    async def choose(self, program: Program, content_id: ContentId) -> None:
        content, branch = await self._opened(program, content_id)
        begun, draft = self.ledger.now(), content.draft(branch.id)
        if draft is None:
            return
        text = f"{draft.text}\n\n{self._name('Chosen')}."
        choice = Choice(draft.number, 1, 2)
        saved = await program.studio.decisions.save_choice(content.id, branch.id, text, choice)
        self.ledger.wrote(saved, begun)

    async def combine(self, program: Program, content_id: ContentId) -> None:
        content, branch = await self._opened(program, content_id)
        begun, sources = self.ledger.now(), (self._number(content), self._number(content))
        text = "\n\n".join(content.version(number).text for number in sources)
        saved = await program.studio.decisions.save_combined(content.id, branch.id, text, sources)
        self.ledger.wrote(saved, begun)

    def _number(self, content: Content) -> int:
        if not content.versions:
            raise Refused("There is no version yet.")
        return self.world.rand.randint(1, len(content.versions))

    # -- names and statuses ------------------------------------------------------------------

    async def label_turn(self, program: Program, content_id: ContentId) -> None:
        content, branch = await self._opened(program, content_id)
        talks = [talk for talk in self.held if talk.is_writing]
        if talks and self.world.rand.random() < 0.7:  # On a turn that runs.
            talk = self.world.rand.choice(talks)
            content = await program.studio.content(talk.content_id)
            branch = content.branch(talk.branch_id)
        begun, number = self.ledger.now(), len(content.lineage(branch.id))
        label = self._name("label")
        content = await program.studio.decisions.label_turn(content.id, branch.id, number, label)
        turn = content.turn_at(branch.id, number).turn
        assert turn.label == label
        self.ledger.wrote(content, begun, ("label", turn.id))

    async def label_version(self, program: Program, content_id: ContentId) -> None:
        content, _ = await self._opened(program, content_id)
        begun, number = self.ledger.now(), self._number(content)
        content = await program.studio.decisions.label_version(
            content.id, number, self._name("called")
        )
        self.ledger.wrote(content, begun, ("called", number))

    async def rename(self, program: Program, content_id: ContentId) -> None:
        begun = self.ledger.now()
        content = await program.studio.decisions.rename(content_id, self._name("Title"))
        self.ledger.wrote(content, begun, ("title",))

    async def tag(self, program: Program, content_id: ContentId) -> None:
        content, _ = await self._opened(program, content_id)
        begun, new = self.ledger.now(), self._name("tag").replace(" ", "-")
        after = (*content.tags[-2:], new)
        tagged = await program.studio.decisions.tag(content_id, content.tags, after)
        assert new in tagged.tags
        self.ledger.wrote(tagged, begun, ("tags",))

    async def rename_branch(self, program: Program, content_id: ContentId) -> None:
        content, branch = await self._opened(program, content_id)
        begun, name = self.ledger.now(), self._name("branch")
        content = await program.studio.decisions.rename_branch(content.id, branch.id, name)
        self.ledger.wrote(content, begun, ("name", branch.id))

    async def make_main(self, program: Program, content_id: ContentId) -> None:
        content, branch = await self._opened(program, content_id)
        begun = self.ledger.now()
        content = await program.studio.decisions.make_main(content.id, branch.id)
        self.ledger.wrote(content, begun, ("main",))

    async def approve(self, program: Program, content_id: ContentId) -> None:
        content, _ = await self._opened(program, content_id)
        begun, number = self.ledger.now(), self._number(content)
        content = await program.studio.decisions.approve(content.id, number)
        self.ledger.wrote(content, begun, ("approval",), STATUS)

    async def publish(self, program: Program, content_id: ContentId) -> None:
        begun, file = self.ledger.now(), self.world.beside / f"{self._name('sent')}.md"
        content, version = await program.studio.decisions.publish_to_file(content_id, file)
        self.ledger.wrote(content, begun, ("publication",), STATUS)
        assert text_hash(file.read_text(encoding="utf-8")) == version.sha256

    async def reopen(self, program: Program, content_id: ContentId) -> None:
        begun = self.ledger.now()
        content = await program.studio.decisions.move(content_id, Status.DRAFT)
        self.ledger.wrote(content, begun, STATUS)

    async def archive(self, program: Program, content_id: ContentId) -> None:
        begun = self.ledger.now()
        content = await program.studio.decisions.move(content_id, Status.ARCHIVED)
        self.ledger.wrote(content, begun, STATUS)

    async def unarchive(self, program: Program, content_id: ContentId) -> None:
        begun = self.ledger.now()
        content = await program.studio.decisions.unarchive(content_id)
        self.ledger.wrote(content, begun, STATUS)

    # -- the trash, undo, archives -----------------------------------------------------------

    async def delete(self, program: Program, content_id: ContentId) -> None:
        begun, life = self.ledger.now(), self.ledger.moving(content_id)
        content = await program.studio.trash.delete(content_id)
        self._deleted(content, program, begun, life)

    def _deleted(self, content: Content, program: Program, begun: int, life: int) -> None:
        self.ledger.deleted(content.id, program.who, life)
        self.ledger.saw(content)
        self.ledger.write(content.id, WHERE, "trash", begun)

    async def restore(self, program: Program, _: ContentId) -> None:
        begun, rows = self.ledger.now(), await program.studio.trash.rows()
        if rows:
            content_id = self.world.rand.choice(rows).id
            self.ledger.moving(content_id)
            content = await program.studio.trash.restore(content_id)
            self.ledger.saw(content)
            self.ledger.write(content.id, WHERE, "contents", begun)

    async def undo(self, program: Program, _: ContentId) -> None:
        begun, deleters = self.ledger.now(), self.ledger.deleters()
        undone = await program.studio.undo_list.undo()
        content, redo = undone.content, undone.redo
        assert redo is not None
        if redo.step.action == Action.DELETE:
            known = deleters.get(content.id)
            is_known = known is not None and known == self.ledger.deleters().get(content.id)
            self.ledger.moving(content.id)
            self.ledger.saw(content)
            self.ledger.write(content.id, WHERE, "contents", begun)
            if is_known and known is not None:
                assert known[0] == program.who, "another one's deletion was undone"
            return
        step = redo.taken.undo[-1]
        assert who_at(step.at) == program.who, "another one's step was undone"
        self.ledger.wrote(content, begun)
        self._stepped(undone, begun)

    async def redo(self, program: Program, content_id: ContentId) -> None:
        begun = self.ledger.now()
        undone = await program.studio.undo_list.redo()
        content = undone.content
        if content.undo[-1].action == Action.DELETE:
            life = self.ledger.moving(content.id)
            assert undone.is_in_trash, "what was deleted again is said to be here"
            self._deleted(content, program, begun, life)
            return
        self.ledger.saw(content)
        self.ledger.blurred(content.id, begun)
        del content_id

    def _stepped(self, undone: Undone, begun: int) -> None:
        """Note the registers that an undo has put back."""
        assert undone.redo is not None
        for change in undone.redo.step.changes:
            key = _KEYS.get(change.field)
            if key is not None:
                of = int(change.of) if change.field == "version_label" else change.of
                named = (key, of) if change.of else (key,)
                value = change.after if key not in ("approval", "publication") else ANY
                self.ledger.write(undone.content.id, named, value, begun, is_certain=False)

    async def empty(self, program: Program, _: ContentId) -> None:
        await program.studio.trash.empty()

    async def export(self, program: Program, _: ContentId) -> None:
        file = self.world.beside / f"{self._name('all')}.zip"
        await program.moving.export(file)
        with zipfile.ZipFile(file) as archive:
            names = [Path(name) for name in archive.namelist()]
        ids = tuple(ContentId(name.stem) for name in names if name.parent.name == "contents")
        self.archives.append((file, ids))

    async def twice(self, program: Program, content_id: ContentId) -> None:
        """Delete a piece and import it again; then delete that one too, or bring back the first."""
        await self.export(program, content_id)
        archive = self.archives[-1]
        await self.edit(program, content_id)
        await self.delete(program, content_id)
        await self._take_in(program, *archive)
        await self.edit(program, content_id)
        if self.world.rand.random() < 0.5:
            await self.delete(program, content_id)
        else:
            self.ledger.moving(content_id)
            await program.studio.trash.restore(content_id)

    async def take_in(self, program: Program, _: ContentId) -> None:
        if self.archives:
            await self._take_in(program, *self.world.rand.choice(self.archives))

    async def _take_in(self, program: Program, file: Path, ids: tuple[ContentId, ...]) -> None:
        begun, lives = self.ledger.now(), [self.ledger.moving(content_id) for content_id in ids]
        self.ledger.several(ids)
        del lives
        try:
            imported = await program.moving.take_in(file)
        finally:
            for content_id in ids:
                self.ledger.blurred(content_id, begun)
        for content_id in imported.added:
            self.ledger.keep(content_id)

    # -- the command line --------------------------------------------------------------------

    async def command(self, _: Program, content_id: ContentId) -> None:
        """Run a command in a program of its own."""
        commands: dict[Callable[..., Awaitable[int]], dict[str, Any]] = {
            list_contents: {},
            show_text: {"reference": content_id},
            show_tree: {"reference": content_id},
            show_diff: {"reference": content_id, "before": 1, "after": 2},
            export_content: {"reference": content_id},
            verify_text: {"reference": content_id},
            reopen_content: {"reference": content_id},
            approve_version: {"reference": content_id},
            publish_content: {
                "reference": content_id,
                "target": str(self.world.beside / f"{self._name('sent')}.md"),
            },
            create_content: {"title": self._name("Piece"), "brief": self._name("About")},
            send_prompt: {"reference": content_id, "prompt": self._name("prompt")},
        }
        weights = [1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 4]
        (command,) = self.world.rand.choices(list(commands), weights)
        await self._command(command, dict(commands[command]), content_id)

    async def _command(
        self, command: Callable[..., Awaitable[int]], choices: dict[str, Any], of: ContentId
    ) -> None:
        begun = self.ledger.now()
        reference = choices.pop("reference", "")
        if command is send_prompt:
            choices["as_json"] = True
        try:
            code, said, content = await run_command(self.world, command, reference, **choices)
        finally:
            if reference:
                self.ledger.blurred(of, begun)
        if content is not None:
            self.ledger.saw(content)
        if command is send_prompt and code == 0:
            self._sent(of, json.loads(said))
        if command is create_content and code == 0:
            self.ledger.keep(ContentId(said.strip()))

    def _sent(self, content_id: ContentId, sent: dict[str, Any]) -> None:
        """Note what `send` printed."""
        if sent.get("version") is not None and sent.get("sha256"):
            self.ledger.keep(content_id, ("version", sent["version"], sent["sha256"]))


_KEYS = {
    "title": "title",
    "tags": "tags",
    "main": "main",
    "name": "name",
    "label": "label",
    "version_label": "called",
    "turn_version": "made",
    "approvals": "approval",
    "publications": "publication",
}
"""The registers that fields of an undo step are."""

Work = Callable[[Works, Program, ContentId], Awaitable[None]]
WORKS: dict[Work, int] = {
    Works.create: 3,
    Works.send: 12,
    Works.fork: 3,
    Works.edit: 5,
    Works.take: 3,
    Works.bring_back: 2,
    Works.choose: 2,
    Works.combine: 2,
    Works.label_turn: 9,
    Works.label_version: 3,
    Works.rename: 3,
    Works.tag: 3,
    Works.rename_branch: 2,
    Works.make_main: 3,
    Works.approve: 4,
    Works.publish: 3,
    Works.reopen: 2,
    Works.archive: 2,
    Works.unarchive: 2,
    Works.delete: 5,
    Works.restore: 4,
    Works.undo: 7,
    Works.redo: 4,
    Works.export: 2,
    Works.take_in: 3,
    Works.twice: 5,
    Works.command: 6,
}
"""The operations that may run beside each other, with how often each is chosen."""
