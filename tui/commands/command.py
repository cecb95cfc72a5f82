"""Commands as values: keys, scope, precondition, label and help."""

from enum import StrEnum

from tui.domain.frozen import frozen


class Scope(StrEnum):
    """Where the keys of a command work."""

    EVERYWHERE = "everywhere"
    """On the main screen, also while a text field has the focus."""
    PANES = "panes"
    """In the list, the chat, the tree and the queue, but in no text field."""
    LIST = "list"
    CHAT = "chat"
    TREE = "tree"
    QUEUE = "queue"
    PROMPT = "prompt"
    SEARCH = "search"
    """The search field over the list of pieces."""
    HITS = "hits"
    """The screen for the search in all texts."""
    READER = "reader"
    """Wherever a long text is read: approve, diff, costs, help."""
    APPROVE = "approve"
    DIFF = "diff"
    VERSIONS = "versions"
    COMPARE = "compare"
    EDITOR = "editor"
    PASSAGE = "passage"
    """The box in which Claude is asked about a passage."""
    NAME = "name"
    """The dialog with one line to fill in."""
    NEW = "new"
    LIMITS = "limits"
    SETTINGS = "settings"
    COSTS = "costs"
    HELP = "help"
    NOTICES = "notices"
    LINKS = "links"
    QUESTION = "question"
    PERMISSION = "permission"
    WELCOME = "welcome"
    IMPORT = "import"
    BEST_FORM = "best_form"
    """The dialog in which a best of N begins."""
    BEST = "best"
    """The columns in which a best of N is written."""


PANE_SCOPES = frozenset({Scope.LIST, Scope.CHAT, Scope.TREE, Scope.QUEUE})
"""The panes in which letters are commands."""
MAIN_SCOPES = frozenset({Scope.EVERYWHERE, Scope.PANES, Scope.PROMPT, Scope.SEARCH, *PANE_SCOPES})
"""The scopes of the main screen; each of the others is a screen of its own."""


class Group(StrEnum):
    """The heading under which the keys help shows a command."""

    WRITE = "Write with Claude"
    TEXT = "The draft"
    BRANCHES = "Branches"
    LIBRARY = "Pieces"
    MOVE = "Get around"
    LIST = "In the list"
    CHAT = "In the chat"
    TREE = "In the tree"
    PROMPT = "In the prompt"
    QUEUE = "In the queue"
    READER = "When reading"
    DIALOGS = "In other screens"


class Precondition(StrEnum):
    """What a command needs on the main screen before it can be done."""

    NOTHING = "nothing"
    OPEN_PIECE = "open_piece"
    """A piece on screen, also while no row of the list matches the search."""
    PIECE = "piece"
    TURN = "turn"
    DRAFT = "draft"
    HAS_VERSIONS = "has_versions"
    """At least one version on any branch of the piece."""
    IDLE_DRAFT = "idle_draft"
    """A draft on a branch on which Claude is not writing."""
    IDLE = "idle"
    """A piece on whose branch Claude is not writing."""
    ANSWER = "answer"
    """A turn whose answer can be taken as the draft."""
    FAILED_TURN = "failed_turn"
    OTHER_BRANCH = "other_branch"
    """A branch that is not the main one."""
    REOPENABLE = "reopenable"
    QUESTION = "question"
    QUEUE = "queue"
    LINKS = "links"
    HITS = "hits"
    """A search with words, whose hits can be visited."""


@frozen
class Command:
    """One thing a person can tell Redraft to do."""

    id: str
    """Stable name; the settings file's `[keys]` table remaps keys by it."""
    keys: str
    """Textual key names, separated by commas."""
    label: str
    """One or two words for the bottom line and the hints of dialogs: an imperative."""
    help: str
    """One line for the keys help and the palette."""
    scope: Scope
    group: Group = Group.DIALOGS
    action: str = ""
    """Textual action of the pane or screen; empty where the main screen or the editor runs it by
    its id."""
    precondition: Precondition = Precondition.NOTHING
    goes_first: bool = False
    """Whether the command's keys come before those of the focused widget, while it can be done."""
    opens: bool = False
    """Whether the command opens a screen, for which keys typed ahead wait."""
    synonyms: tuple[str, ...] = ()
    """Other words under which the palette finds it."""
    short: str = ""
    """A shorter label, taken where the hints do not fit on one row."""

    @property
    def textual_action(self) -> str:
        """The action that Textual is to run: `action`, or one that names the command by its id.

        The second is looked up on the screen also where the key is a pane's.
        """
        if self.action:
            return self.action
        own = f"command({self.id!r})"
        return own if self.scope in (Scope.EVERYWHERE, Scope.PANES) else f"screen.{own}"
