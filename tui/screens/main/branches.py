"""What the writer does with branches and turns: forks, names, labels, tags, archive, main."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tui.domain.change_limits import ChangeLimits
from tui.domain.checks import checked_label, checked_name, checked_title, name_from_prompt
from tui.domain.content import Branch, Content, Version
from tui.domain.errors import Refused
from tui.domain.ids import BranchId
from tui.domain.tags import checked_tags, has_tags_words
from tui.screens.main import texts
from tui.screens.main.group import ActionGroup
from tui.screens.main.ui import Handlers
from tui.screens.main.unsent import filled, limited, queue_on
from tui.screens.main.workspace import Pane, Target
from tui.widgets.text import one_line

Forked = tuple[Content, Branch]
"""A piece with a new branch, and that branch."""

_NAME_WIDTH: Final = 24
"""Cells for the name of a branch in the heading of a dialog."""


class BranchActions(ActionGroup):
    """The commands about the branch or the turn under the cursor."""

    def handlers(self) -> Handlers:
        """Return what the commands do."""
        return {
            "fork": self._fork,
            "ask_again": self.ask_again,
            "label": self._label,
            "make_main": self._make_main,
            "rename_branch": self._rename_branch,
            "rename": self._rename,
            "rename_piece": self._rename_piece,
            "tags": self._tag,
            "tree.archive": self._archive,
        }

    # -- forks -------------------------------------------------------------------------------

    async def _fork(self) -> None:
        await self.fork_from(self._library.row)

    async def fork_from(self, about: Target) -> None:
        """Fork after a turn, once the writer has named the branch."""
        if about.turn is None:
            return
        number, prompt = about.turn.number, about.turn.turn.prompt
        name = await self._ask_branch_name(f"Fork after {turn_words(about)}", prompt)
        if name is None:
            return
        await self._make_branch(about, number, name)

    async def fork_with(self, about: Target, version: Version) -> None:
        """Fork after the selected turn, or where the version was made, with its text."""
        if about.turn is None:
            about = replace(about, branch=version.branch)
            number, prompt = version.after_turn, ""
        else:
            number, prompt = about.turn.number, about.turn.turn.prompt
        after = f" after {turn_words(about)}" if about.turn is not None else ""
        question = f"Fork{after} with the text of v{version.number}"
        name = await self._ask_branch_name(question, prompt or f"from v{version.number}")
        if name is not None:
            await self._make_branch(about, number, name, version=version.number)

    async def ask_again(self) -> None:
        """Fork before the selected turn, with its prompt to be changed."""
        about = self._library.row
        if about.turn is None:
            return
        number, prompt = about.turn.number, about.turn.turn.prompt
        name = await self._ask_branch_name(f"Ask {turn_words(about)} again", prompt)
        if name is not None:
            limits = about.turn.turn.limits
            await self._make_branch(about, number - 1, name, prompt, limits=limits)
            if about.turn.turn.passage is not None:
                self._ui.show_notice(texts.WAS_ABOUT_PASSAGE)

    async def _make_branch(
        self,
        about: Target,
        after: int,
        name: str,
        prompt: str = "",
        *,
        version: int | None = None,
        limits: ChangeLimits | None = None,
    ) -> None:
        """Fork, and go to the new branch unless the writer did not wait for it."""
        making = self._studio.fork(about.content.id, about.branch, after, name, version=version)
        waited = await self._ui.wait_for(making, self._worded(texts.FORKING))
        if waited.typed is not None:
            self._ui.show_notice(texts.FORKING_ON)
            self._ui.start(self._branch_made(waited.doing, prompt + waited.typed, limits))
            return
        content, branch = await waited.doing
        if prompt:
            self._begin_prompt(branch.id, prompt, limits)
        await self._open(content, branch.id)
        if not prompt:
            self._notify(texts.FORKED, name=branch.name)

    def _begin_prompt(self, branch: BranchId, prompt: str, limits: ChangeLimits | None) -> None:
        now = filled(self._state.now, branch, prompt)
        self._state.put(limited(now, branch, limits))

    async def _branch_made(
        self, making: "asyncio.Future[Forked]", prompt: str, limits: ChangeLimits | None
    ) -> None:
        """Tell that a branch is there for which the writer did not wait."""
        content, branch = await making
        self._begin_prompt(branch.id, prompt, limits)
        now = self._state.now.content
        if now is not None and now.id == content.id:
            await self._library.take_over(content)
        self._notify(texts.FORKED_LATER, name=branch.name)

    async def _ask_branch_name(self, question: str, prompt: str) -> str | None:
        from tui.screens.name import NameScreen

        usual = _usual_name(self._library.about, prompt)
        name = await self._ui.open(
            NameScreen(
                question,
                label="Name of the new branch",
                accept="Make the branch",
                placeholder=usual,
                check=lambda typed: checked_name(typed or usual),
            )
        )
        return None if name is None else name or usual

    async def _open(self, content: Content, branch: BranchId) -> None:
        await self._library.open(content.id, branch)
        self._library.list_contents(content)
        self._ui.focus(Pane.PROMPT)

    # -- names -------------------------------------------------------------------------------

    async def _rename(self) -> None:
        """Rename what the cursor is on: a branch, a turn's label, else the piece."""
        about = self._library.row
        if about.is_branch_row:
            await self._rename_branch()
        elif about.has_turn_cursor or about.version is not None:
            await self._label()
        else:
            await self._rename_piece()

    async def _rename_piece(self) -> None:
        content = self._library.about.content
        title = await self._ask_name("Rename the piece", "Title", content.title, checked_title)
        if title is not None and title != content.title:
            renamed = await self._studio.decisions.rename(content.id, title)
            await self._library.take_over(renamed)
            self._notify(texts.PIECE_RENAMED, title=renamed.title)

    async def _tag(self) -> None:
        content = self._library.about.content
        label, value = "Tags, separated by spaces; empty for none", " ".join(content.tags)
        typed = await self._ask_name(
            "Tags of this piece", label, value, _checked_tags, is_appending=True
        )
        if typed is None:
            return
        tagged = await self._studio.decisions.tag(content.id, content.tags, checked_tags(typed))
        await self._library.take_over(tagged)
        if tagged.tags != content.tags:
            self._notify(texts.TAGGED, title=tagged.title, tags=has_tags_words(tagged.tags))

    async def _rename_branch(self) -> None:
        about = self._library.row
        old = about.content.branch(about.branch).name
        name = await self._ask_name("Rename the branch", "Name of this branch", old, checked_name)
        if name is not None and name != old:
            renamed = await self._studio.decisions.rename_branch(
                about.content.id, about.branch, name
            )
            await self._library.take_over(renamed)
            name = renamed.branch(about.branch).name
            if name != old:
                self._notify(texts.BRANCH_RENAMED, old=old, name=name)

    async def _label(self) -> None:
        about = self._library.row
        if about.version is not None:
            await self.label_version(about.content, about.version)
            return
        if about.turn is None:
            return
        number, old = about.turn.number, about.turn.turn.label
        label = await self._ask_name(
            f"Label turn {number}",
            "Label; empty for none",
            old,
            checked_label,
        )
        if label is not None and label != old:
            content_id = about.content.id
            labelled = await self._studio.decisions.label_turn(
                content_id, about.branch, number, label
            )
            await self._library.take_over(labelled)
            now = labelled.turn_at(about.branch, number).turn.label
            text = texts.LABELLED if now else texts.UNLABELLED
            self._notify(text, number=str(number), label=now)

    async def label_version(self, content: Content, version: Version) -> Content:
        """Ask for the label of a version, and return the piece with it."""
        number = version.number
        label = await self._ask_name(
            f"Label v{number}", "Label; empty for none", version.label, checked_label
        )
        if label is None or label == version.label:
            return content
        labelled = await self._studio.decisions.label_version(content.id, number, label)
        await self._library.take_over(labelled)
        text = texts.VERSION_LABELLED if label else texts.VERSION_UNLABELLED
        self._notify(text, number=str(number), label=label)
        return labelled

    async def _ask_name(
        self,
        question: str,
        label: str,
        value: str,
        check: Callable[[str], str],
        *,
        is_appending: bool = False,
    ) -> str | None:
        from tui.screens.name import NameScreen

        dialog = NameScreen(
            question, label=label, value=value, check=check, is_appending=is_appending
        )
        return await self._ui.open(dialog)

    # -- main --------------------------------------------------------------------------------

    async def _make_main(self) -> None:
        about = self._library.row
        await self.make_main(about.content, about.branch)

    async def make_main(self, content: Content, branch: BranchId) -> None:
        """Make a branch the main one, and tell so."""
        content = await self._studio.decisions.make_main(content.id, branch)
        await self._library.take_over(content)
        name = content.branch(branch).name
        self._notify(texts.NOW_MAIN, name=name)

    # -- the archive -------------------------------------------------------------------------

    async def _archive(self) -> None:
        """Archive the branch under the cursor, or take it out of the archive."""
        about = self._library.row
        content, branch = about.content, about.content.branch(about.branch)
        if branch.is_archived:
            content = await self._studio.decisions.restore_branch(content.id, branch.id)
            await self._library.take_over(content)
            self._notify(texts.BRANCH_RESTORED, name=branch.name)
            return
        if queue_on(self._state.now, branch.id).prompts:
            raise Refused(self._worded(texts.BRANCH_QUEUED, name=branch.name))
        content = await self._studio.decisions.archive_branch(content.id, branch.id)
        await self._library.take_over(content)
        if self._state.now.branch == branch.id:
            await self._library.open_branch(_in_use_above(content, branch), 0)
        self._notify(texts.BRANCH_ARCHIVED, name=branch.name)


def _in_use_above(content: Content, branch: Branch) -> BranchId:
    """Return the nearest branch that a branch left which is not archived; else the main one."""
    while branch.parent is not None:
        branch = content.branch(branch.parent)
        if not branch.is_archived:
            return branch.id
    return content.main


def _checked_tags(typed: str) -> str:
    return " ".join(checked_tags(typed))


def _usual_name(about: Target, prompt: str) -> str:
    """Name a branch from its turn's label or prompt, or when that is taken, from its version."""
    turn = None if about.turn is None else about.turn.turn
    name = (turn.label if turn else "") or name_from_prompt(prompt)
    is_taken = any(branch.name == name for branch in about.content.branches)
    return f"after v{turn.version}" if is_taken and turn and turn.version else name


def turn_words(about: Target) -> str:
    """Name the turn that a branch is to leave from, with its branch unless that is the main one."""
    number = 0 if about.turn is None else about.turn.number
    if about.branch == about.content.main:
        return f"turn {number}"
    name = one_line(about.content.branch(about.branch).name, _NAME_WIDTH)
    return f"turn {number} of “{name}”"
