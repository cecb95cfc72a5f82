"""The requests that the demo server received, as values: messages, tools, tool results."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from types import MappingProxyType

from tui.domain.frozen import frozen

_AUXILIARY_SYSTEM = re.compile(
    r"you are naming a|generate a (?:concise|short|succinct)[^.]{0,80}(?:title|name)"
    r"|isNewTopic|summarize this coding|conversation title",
    re.IGNORECASE,
)
_CUT_NOTE = re.compile(r"\AYour response above was cut off mid-stream\.[^\n]*\Z")
_SESSION = re.compile(r'session_(?:id"\s*:\s*")?([0-9a-f-]{36})')
_WEB_SEARCH = "web_search"
_REMINDERS = re.compile(r"\A(?:<system-reminder>.*?</system-reminder>\n*)+", re.DOTALL)


@frozen
class SeenCall:
    """A tool call in an assistant message."""

    id: str
    name: str
    input: Mapping[str, object] = field(default_factory=dict)


@frozen
class SeenResult:
    """The result of a tool call, in a user message."""

    call_id: str
    text: str
    """The text blocks, joined by newlines."""
    is_error: bool = False
    """Whether the tool failed or was refused."""


@frozen
class SeenMessage:
    """One message of a request: its role as sent, and its text blocks joined by newlines."""

    role: str
    text: str
    calls: tuple[SeenCall, ...] = ()
    results: tuple[SeenResult, ...] = ()

    @property
    def is_prompt(self) -> bool:
        """Whether this is a user message with words: not tool results alone, nor a cut note."""
        if self.role != "user" or self.is_cut_note:
            return False
        return not self.results or bool(_REMINDERS.sub("", f"{self.text}\n").strip())

    @property
    def is_cut_note(self) -> bool:
        """Whether this is the client's own request to continue a broken answer."""
        own = _REMINDERS.sub("", f"{self.text}\n").strip()
        return self.role == "user" and _CUT_NOTE.match(own) is not None


@frozen
class SeenRequest:
    """One POST to /v1/messages, and the state of its answer."""

    model: str
    system: str
    """All system blocks, joined by newlines."""
    messages: tuple[SeenMessage, ...]
    streamed: bool
    raw: Mapping[str, object]
    """The request's JSON body as it came (read-only at the top level)."""
    number: int = 0
    """1 for the first request that this server saw."""
    is_auxiliary: bool = False
    """Whether the client made the request for itself: a title, a quota probe, a web search."""
    tools: tuple[str, ...] = ()
    """Names of the offered tools, in order."""
    is_web_search: bool = False
    """Whether the client's WebSearch tool made the request, which is auxiliary then."""
    reply: str = ""
    """The writer's whole answer (text blocks joined), whether or not all of it was sent."""
    call_ids: tuple[str, ...] = ()
    """Ids given to the tool calls of the answer, whether or not they were sent."""
    sent: str = ""
    """The text sent so far; final once the answer has ended, in whatever way."""
    settled: str = ""
    """The part of `sent` whose content blocks were completed."""
    fault: str | None = None
    """Name of the fault that struck this request; None without one."""
    finished: bool = False
    """Whether the whole answer was sent."""
    left: bool = False
    """Whether the client left, or the server was stopped, before the end."""

    @property
    def prompts(self) -> tuple[str, ...]:
        """Texts of the user messages, oldest first, without the reminders that the client prepends.

        Messages that carry nothing but tool results are left out.
        """
        return tuple(
            _REMINDERS.sub("", message.text) for message in self.messages if message.is_prompt
        )

    @property
    def replies(self) -> tuple[str, ...]:
        """Texts of the assistant messages, oldest first."""
        return tuple(message.text for message in self.messages if message.role == "assistant")

    @property
    def session(self) -> str:
        """The client's session id; empty when the request has none."""
        data = self.raw.get("metadata")
        named = _SESSION.search(str(data.get("user_id", ""))) if isinstance(data, dict) else None
        return named.group(1) if named else ""

    @property
    def results(self) -> tuple[SeenResult, ...]:
        """Every tool result, oldest first."""
        return tuple(result for message in self.messages for result in message.results)


def read_request(raw: Mapping[str, object]) -> SeenRequest:
    """Return the request in a JSON body; raises ValueError with a sentence for an invalid one."""
    model, entries = raw.get("model"), raw.get("messages")
    if not isinstance(model, str) or not model:
        raise ValueError("model: Field required")
    if not isinstance(entries, list) or not entries:
        raise ValueError("messages: at least one message is required")
    messages = tuple(_read_message(entry) for entry in entries)
    system = _text_of(raw.get("system"))
    tools = tuple(_blocks_of(raw.get("tools")))
    is_web_search = any(str(tool.get("type", "")).startswith(_WEB_SEARCH) for tool in tools)
    is_own = raw.get("max_tokens") == 1 or _AUXILIARY_SYSTEM.search(system) is not None
    return SeenRequest(
        model=model,
        system=system,
        messages=messages,
        streamed=raw.get("stream") is True,
        raw=MappingProxyType(dict(raw)),
        is_auxiliary=is_own or is_web_search,
        tools=tuple(str(tool.get("name", "")) for tool in tools),
        is_web_search=is_web_search,
    )


def _read_message(entry: object) -> SeenMessage:
    match entry:
        case {"role": str(role), "content": content}:
            blocks = tuple(_blocks_of(content))
            calls = tuple(_read_call(b) for b in blocks if b.get("type") == "tool_use")
            results = tuple(_read_result(b) for b in blocks if b.get("type") == "tool_result")
            return SeenMessage(role, _text_of(content), calls, results)
        case _:
            raise ValueError("messages: every message needs a role and a content")


def _read_call(block: Mapping[str, object]) -> SeenCall:
    value = block.get("input")
    given = {str(name): one for name, one in value.items()} if isinstance(value, dict) else {}
    return SeenCall(str(block.get("id", "")), str(block.get("name", "")), given)


def _read_result(block: Mapping[str, object]) -> SeenResult:
    text = _text_of(block.get("content"))
    return SeenResult(str(block.get("tool_use_id", "")), text, block.get("is_error") is True)


def _blocks_of(content: object) -> Iterator[Mapping[str, object]]:
    if isinstance(content, list):
        yield from (block for block in content if isinstance(block, dict))


def _text_of(content: object) -> str:
    if isinstance(content, str):
        return content
    texts = (block.get("text") for block in _blocks_of(content))
    return "\n".join(text for text in texts if isinstance(text, str))
