"""Working on the draft itself: take, compare, approve, save to a file, copy."""

import re
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.content import Choice, Content, TurnKind, Version
from tui.domain.errors import FileInTheWay, FolderMissing, LibraryProblem, Refused
from tui.domain.ids import BranchId, ContentId
from tui.domain.prompts import CHECK_PROMPT
from tui.domain.status import Status
from tui.domain.version_words import taken_words
from tui.domain.words import counted
from tui.own_thread import alone
from tui.screens.main import texts
from tui.screens.main.editing import EditActions
from tui.screens.main.group import ActionGroup, Desk
from tui.screens.main.prompts import Outgoing, Prompts
from tui.screens.main.ui import Handlers
from tui.screens.main.workspace import Target, put
from tui.studio.files import make_folder, named_file
from tui.widgets.text import one_line

if TYPE_CHECKING:
    from tui.screens.save_file import SavedFile


class DraftActions(ActionGroup):
    """The commands about the text of a branch."""

    def __init__(self, desk: Desk, prompts: Prompts, edits: EditActions) -> None:
        super().__init__(desk)
        self._prompts = prompts
        self._edits = edits

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {
            "take": self._take,
            "diff": self._diff,
            "copy": self._copy,
            "approve": self._approve,
            "publish": self._save_draft_to_file,
            "reopen": self._reopen,
        }

    def _draft(self) -> tuple[Target, Version]:
        about = self._library.about
        draft = about.content.draft(about.branch)
        if draft is None:
            raise Refused("There is no draft here yet.")
        return about, draft

    # -- older texts --------------------------------------------------------------------------

    async def _take(self) -> None:
        """Make the text of the selected turn the draft: its version again, or else its answer."""
        about = self._library.about
        if about.version is not None:
            await self.bring_back(about.content, about.branch, about.version.number)
            return
        if about.turn is None:
            return
        made = about.turn.turn.version
        if made is not None:
            await self.bring_back(about.content, about.branch, made)
            return
        number = about.turn.number
        content = await self._studio.decisions.take_draft(about.content.id, about.branch, number)
        await self._edits.show_new(content, about.branch)
        self._tell(f"Turn {number} is the draft now, as v{len(content.versions)}.")

    async def bring_back(self, content: Content, branch: BranchId, number: int) -> None:
        """Make the text of a version the draft of a branch again, and tell so."""
        content = await self._studio.decisions.bring_back(content.id, branch, number)
        await self._edits.show_new(content, branch)
        made = content.versions[-1]
        self._tell(f"v{made.restored_from} is the draft again, as v{made.number}.")

    def _tell(self, done: str) -> None:
        """Tell what was done, and how to undo it."""
        self._ui.show_notice(f"{done} {self._worded(texts.REDONE)}")

    # -- reading and comparing ---------------------------------------------------------------

    async def _diff(self) -> None:
        from tui.screens.diff import BringBack, Chosen, DiffScreen

        about, draft = self._draft()
        number = draft.number
        if about.has_turn_cursor and about.turn is not None and about.turn.turn.version:
            number = about.turn.turn.version
        if about.version is not None:
            number = about.version.number
        here = self._studio.decisions.person_id
        screen = DiffScreen(about.content, number, branch=about.branch, here=here)
        match await self._ui.open(screen):
            case BringBack(version):
                await self.bring_back(about.content, about.branch, version)
            case Chosen(choice, text):
                await self._save_choice(about.content, about.branch, text, choice)
            case None:
                pass

    async def save_combined(
        self, content: Content, branch: BranchId, text: str, sources: tuple[int, ...]
    ) -> None:
        """Save a text put together from several; what cannot be saved now is kept as an edit."""
        saving = self._studio.decisions.save_combined(content.id, branch, text, sources)
        content = await self._saved(saving, branch, text)
        number, made = len(content.versions), counted(len(sources), "paragraph")
        name = one_line(content.branch(branch).name, 24)
        self._tell(f"Saved v{number} on “{name}”, combined from {made}. {texts.CLAUDE_TOLD}")

    async def _saved(self, saving: Awaitable[Content], branch: BranchId, text: str) -> Content:
        """Show the version that a text is saved as; what cannot be saved now is kept as an edit."""
        try:
            content = await saving
        except LibraryProblem as problem:
            self._edits.keep(branch, text)
            raise LibraryProblem(f"{problem} {self._worded(texts.EDIT_ASIDE)}") from problem
        await self._edits.show_new(content, branch)
        return content

    async def _save_choice(
        self, content: Content, branch: BranchId, text: str, choice: Choice
    ) -> None:
        """Save what was made of some changes; what cannot be saved now is kept as an edit."""
        saving = self._studio.decisions.save_choice(content.id, branch, text, choice)
        content = await self._saved(saving, branch, text)
        taken = taken_words(choice.taken, choice.changes, f"v{choice.version}")
        self._tell(f"Saved v{len(content.versions)}, {taken}. {texts.CLAUDE_TOLD}")

    async def _copy(self) -> None:
        about, draft = self._draft()
        draft = about.version or draft
        await self._ui.copy(draft.text, f"v{draft.number}, {counted(draft.words)},")

    # -- approving ---------------------------------------------------------------------------

    async def _approve(self) -> None:
        from tui.screens.approve import ApproveDecision, ApproveScreen

        about, draft = self._draft()
        content = about.content
        match await self._ui.open(
            ApproveScreen(content, draft, here=self._studio.decisions.person_id)
        ):
            case ApproveDecision.APPROVE:
                content = await self._studio.decisions.approve(content.id, draft.number)
                await self._library.take_over(content)
                self._tell(f"Approved v{draft.number}.")
            case ApproveDecision.BACK_TO_DRAFT:
                await self._to_draft(content)
            case ApproveDecision.CHECK:
                check = Outgoing(content.id, about.branch, CHECK_PROMPT, TurnKind.CHECK)
                self._prompts.start_turn(check)
                self._notify("Claude checks the text. {stop} stops it.")
            case _:
                pass

    async def _reopen(self) -> None:
        await self._to_draft(self._library.about.content)

    async def _to_draft(self, content: Content) -> None:
        await self._library.take_over(await self._studio.decisions.move(content.id, Status.DRAFT))
        self._tell(f"“{content.title}” is a draft again.")

    # -- files -------------------------------------------------------------------------------

    async def _save_draft_to_file(self) -> None:
        about, draft = self._draft()
        await self.save_to_file(about.content, draft)

    async def save_to_file(self, content: Content, version: Version) -> None:
        """Ask for a file and save a version there; an approved one can be published with it."""
        from tui.screens.save_file import SaveFileScreen

        number = version.number

        async def save(wanted: "SavedFile") -> None:
            publishes = wanted.is_published
            await self._write(content, number, wanted.path, publishes=publishes)

        file = await alone(_proposed, content, self._state.now.place.files)
        can_publish = _can_publish(content, version)
        saved = await self._ui.open(SaveFileScreen(number, file, save, can_publish=can_publish))
        if saved is None:
            return
        await self._remember_file(content, saved.path)
        await self._library.read_again()
        if saved.is_published:
            self._tell(f"Published v{number} to {saved.path}.")
        else:
            end = " Not marked published." if can_publish else ""
            self._ui.show_notice(f"Saved v{number} to {saved.path}.{end}")

    async def _remember_file(self, content: Content, typed: str) -> None:
        """Propose this file for the piece the next time, wherever Redraft is started then."""
        path = await alone(named_file, typed)
        place = self._state.now.place
        self._state.put_place(replace(place, files=put(place.files, content.id, str(path))))

    async def _write(self, content: Content, number: int, file: str, *, publishes: bool) -> None:
        """Write a version to a file.

        A file in the way is replaced, and a folder that is missing made, after a question only.
        """

        async def write(*, replace: bool) -> None:
            if publishes:
                await self._studio.decisions.publish_to_file(
                    content.id, file, number=number, replace=replace
                )
            else:
                await self._studio.decisions.save_version(content.id, number, file, replace=replace)

        try:
            try:
                await write(replace=False)
            except FolderMissing as problem:
                question = f"There is no folder {problem.folder}. Make it?"
                if await self._ask(question, ("b", "Back"), ("m", "Make the folder")) != "m":
                    raise
                await alone(make_folder, problem.folder)
                await write(replace=False)
        except FileInTheWay as problem:
            question = f"{problem.path} exists. Replace it?"
            if await self._ask(question, ("k", "Keep the file"), ("r", "Replace it")) != "r":
                raise Refused("Not saved. Choose another name.") from problem
            await write(replace=True)


def _can_publish(content: Content, draft: Version) -> bool:
    """Whether this very text is approved and not published yet."""
    approval = content.approval
    if content.status is not Status.APPROVED or approval is None:
        return False
    return approval.sha256 == draft.sha256


def _proposed(content: Content, files: Mapping[ContentId, str]) -> str:
    """Return the file used last for a piece, or else one that is named after it."""
    sent = content.publication.target if content.publication is not None else ""
    name = re.sub(r"\W+", "-", content.title.casefold()).strip("-") or "draft"
    return files.get(content.id) or sent or str(_folder() / f"{name}.md")


def _folder() -> Path:
    """Return the working folder, or the home folder when that one is gone."""
    try:
        return Path.cwd()
    except OSError:
        return Path.home()
