"""The command palette: finds commands by label, help and synonyms, angles and places by name."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol, cast, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode

from tui.commands import MAIN_SCOPES, Command, Scope, keymap_of
from tui.domain.frozen import frozen
from tui.screens.frame import keys_on
from tui.widgets.text import one_line

_WIDEST = 200
_LONGEST_WAIT = 0.2
"""Seconds for which a search waits until the angles are read."""


@frozen
class Place:
    """Somewhere to go, a piece or a branch; or a text to take, an angle."""

    label: str
    """Its name; untrusted text."""
    help: str
    """What it is; may quote untrusted text."""
    open: Callable[[], None]


@runtime_checkable
class PaletteSource(Protocol):
    """A screen of panes: the palette runs all its commands, and finds angles and places."""

    def palette_places(self) -> Sequence[Place]:
        """Return the places."""
        ...

    async def palette_angles(self) -> Sequence[Place]:
        """Return the angles that fit what is on the screen; never raises."""
        ...

    def palette_target(self, scope: Scope) -> DOMNode:
        """Return the pane that commands of a scope act in, or the screen itself."""
        ...


class CommandProvider(Provider):
    """Offers what can be done on the screen that the palette was opened on."""

    _angles: "asyncio.Task[Sequence[Place]] | None" = None
    """Reads the angles, which may take a moment; nothing else waits for that."""

    async def startup(self) -> None:
        """Begin to read the angles."""
        if isinstance(self.screen, PaletteSource):
            self._angles = asyncio.ensure_future(self.screen.palette_angles())

    async def shutdown(self) -> None:
        """Leave the angles alone."""
        if self._angles is not None:
            self._angles.cancel()

    async def discover(self) -> Hits:
        """Offer all commands, in the order of the table, and then the angles."""
        for command in self._commands():
            run = partial(self._run, command)
            yield DiscoveryHit(self._face(command), run, help=command.help)
        for angle in await self._found_angles():
            yield DiscoveryHit(_shown(angle.label), angle.open, help=_help(angle.help))

    async def search(self, query: str) -> Hits:
        """Offer what fits; a label counts more than a synonym, and that more than the help."""
        matcher = self.matcher(query)
        for command in self._commands():
            words = f"{command.label} {command.id.replace('_', ' ')}"
            scores = (
                matcher.match(command.label),
                0.9 * matcher.match(words),
                *(0.8 * matcher.match(word) for word in command.synonyms),
                0.5 * (query.casefold() in command.help.casefold()),
            )
            if max(scores) > 0:
                run = partial(self._run, command)
                yield Hit(max(scores), self._face(command), run, help=command.help)
        if isinstance(self.screen, PaletteSource):
            for place in self.screen.palette_places():
                score = 0.7 * matcher.match(place.label)
                if score > 0:
                    yield Hit(score, _shown(place.label), place.open, help=_help(place.help))
        for angle in await self._found_angles():
            score = max(
                0.85 * matcher.match(angle.label),
                0.4 * (query.casefold() in angle.help.casefold()),
            )
            if score > 0:
                yield Hit(score, _shown(angle.label), angle.open, help=_help(angle.help))

    async def _found_angles(self) -> Sequence[Place]:
        """Return the angles; none yet where reading them takes long: commands do not wait."""
        if self._angles is None:
            return ()
        await asyncio.wait({self._angles}, timeout=_LONGEST_WAIT)
        return self._angles.result() if self._angles.done() else ()

    def _commands(self) -> Iterator[Command]:
        """Yield the commands of the screen, and the way out."""
        bound = keys_on(self.screen)
        is_main = isinstance(self.screen, PaletteSource)
        for command in keymap_of(self.app).commands:
            if is_main and command.scope in MAIN_SCOPES:
                is_offered = command.id != "palette"
            else:
                is_offered = command.id in bound and command.scope not in MAIN_SCOPES
            if is_offered or command.id == "quit":
                yield command

    def _face(self, command: Command) -> Content:
        """Return a command's label with its key; quiet while it cannot be done."""
        is_enabled = command.action or self.screen.check_action("command", (command.id,))
        key = keymap_of(self.app).key(command.id)
        return Content.assemble((command.label, "" if is_enabled else "$quiet"), f"  {key}")

    async def _run(self, command: Command) -> None:
        screen = self.screen
        node: DOMNode = screen
        if isinstance(screen, PaletteSource):
            node = screen.palette_target(command.scope)
        elif screen.focused is not None and command.scope is Scope.READER:
            node = screen.focused
        await self.app.run_action(command.textual_action, node)


def _shown(text: str) -> Content:
    return Content(one_line(text, _WIDEST))


def _help(text: str) -> str:
    """Return a help text that is shown as it is: Textual reads a `str` here as markup."""
    return cast(str, _shown(text))
