"""Small contents for domain tests, and a hypothesis strategy for long histories of one."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from tui.domain.changes import edited, forked, new_content
from tui.domain.content import Content, Turn, TurnKind, TurnState
from tui.domain.ids import BranchId, ContentId, MessageId, SessionId, TurnId
from tui.domain.turn_changes import begun_turn, ended_turn, taken_draft

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
MAIN = BranchId("b0")


def minute(count: int) -> datetime:
    """Return a time so many minutes after the start."""
    return START + timedelta(minutes=count)


def blank_content(title: str = "Why we left", content_id: str = "abcd2345") -> Content:
    """Return a content with one branch and no turns."""
    return new_content(
        ContentId(content_id),
        title=title,
        kind="post",
        brief="Tell why.",
        branch=MAIN,
        session=SessionId("s0"),
        at=START,
    )


@dataclass
class Library:
    """One content and the counters that make its ids; every method is one thing a writer does."""

    content: Content
    count: int = 0

    def tick(self) -> datetime:
        """Let a minute pass."""
        self.count += 1
        return minute(self.count)

    def begin(self, branch: BranchId, kind: TurnKind, told: int | None = None) -> Turn:
        """Begin a turn."""
        at = self.tick()
        turn = Turn(TurnId(f"t{self.count}"), kind, f"prompt {self.count}", at, told=told)
        self.content = begun_turn(self.content, branch, turn, at)
        return turn

    def end(self, branch: BranchId, turn: Turn, state: TurnState, text: str | None) -> Turn:
        """End a turn with a draft, or with talk when there is no text."""
        at = self.tick()
        reply = "Only talk." if text is None else f"Here.\n<draft>\n{text}\n</draft>\n"
        anchor = MessageId(f"m{self.count}") if state is TurnState.FINISHED else None
        ended = replace(turn, state=state, ended_at=at, reply=reply, anchor=anchor)
        self.content = ended_turn(self.content, branch, ended, at)
        return next(own for own in self.content.branch(branch).turns if own.id == turn.id)

    def write(
        self,
        branch: BranchId,
        text: str | None = None,
        kind: TurnKind = TurnKind.REVISE,
        state: TurnState = TurnState.FINISHED,
        told: int | None = None,
    ) -> Turn:
        """Do a whole turn."""
        return self.end(branch, self.begin(branch, kind, told), state, text)

    def edit(self, branch: BranchId, text: str) -> None:
        """Change the draft by hand."""
        self.content = edited(self.content, branch, text, self.tick())

    def take(self, branch: BranchId, turn: Turn, text: str) -> None:
        """Take what a turn answered as the draft."""
        self.content = taken_draft(self.content, branch, turn.id, text, self.tick())

    def fork(self, parent: BranchId, after_turn: int, name: str = "another") -> BranchId:
        """Fork a branch and return the new one's id."""
        at = self.tick()
        branch = BranchId(f"b{self.count}")
        session = SessionId(f"s{self.count}")
        self.content = forked(
            self.content, parent, after_turn, branch=branch, session=session, name=name, at=at
        )
        return branch


DOINGS = st.lists(
    st.tuples(
        st.sampled_from(["write", "ask", "stop", "edit", "fork", "take"]),
        st.integers(0, 30),
        st.integers(0, 30),
    ),
    max_size=25,
)


def do(library: Library, doing: str, which: int, number: int) -> None:
    """Do one thing somewhere in a content; `which` and `number` are taken round."""
    branches = library.content.branches
    branch = branches[which % len(branches)].id
    text = f"Text {library.count}, {'more ' * number}end."
    if doing == "write":
        library.write(branch, text)
    elif doing == "ask":
        library.write(branch, None, TurnKind.ASK)
    elif doing == "stop":
        library.write(branch, text, state=TurnState.STOPPED)
    elif doing == "edit":
        library.edit(branch, text)
    elif doing == "fork":
        library.fork(branch, number % (len(library.content.lineage(branch)) + 1))
    elif doing == "take":
        free = [turn for turn in library.content.branch(branch).turns if turn.version is None]
        if free:
            library.take(branch, free[number % len(free)], text)


def lived(doings: list[tuple[str, int, int]]) -> Library:
    """Return a content to which all this was done."""
    library = Library(blank_content())
    for doing in doings:
        do(library, *doing)
    return library
