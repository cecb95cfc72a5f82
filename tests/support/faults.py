"""Faults that tests let the demo's server play, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Event

from tui.demo import faults
from tui.demo.faults import Shape
from tui.domain.frozen import frozen


@frozen
class Fault(faults.Fault):
    """One thing that goes wrong; made with one of the constructors."""

    @classmethod
    def http(cls, name: str, status: int, error_type: str, message: str) -> Fault:
        """Any HTTP error status."""
        return cls(name, Shape.STATUS, status=status, error_type=error_type, message=message)

    @classmethod
    def bad_request(cls) -> Fault:
        """400, a request the API does not understand."""
        return cls.http(
            "bad_request", 400, "invalid_request_error", "messages: this request is not valid"
        )

    @classmethod
    def prompt_too_long(cls) -> Fault:
        """400, the conversation has outgrown the context window."""
        sentence = "prompt is too long: 213462 tokens > 200000 maximum"
        return cls.http("prompt_too_long", 400, "invalid_request_error", sentence)

    @classmethod
    def credit(cls) -> Fault:
        """400, the account has no credit left."""
        sentence = (
            "Your credit balance is too low to access the Anthropic API. "
            "Please go to Plans & Billing to upgrade or purchase credits."
        )
        return cls.http("credit", 400, "invalid_request_error", sentence)

    @classmethod
    def unauthorized(cls) -> Fault:
        """401, the key is not valid."""
        return cls.http("unauthorized", 401, "authentication_error", "invalid x-api-key")

    @classmethod
    def forbidden(cls) -> Fault:
        """403, the key may not do this."""
        sentence = "Your API key does not have permission to use the specified resource."
        return cls.http("forbidden", 403, "permission_error", sentence)

    @classmethod
    def not_found(cls) -> Fault:
        """404, as for a model that does not exist."""
        return cls.http("not_found", 404, "not_found_error", "model: not found")

    @classmethod
    def too_large(cls) -> Fault:
        """413, the request body is too big."""
        sentence = "Request exceeds the maximum allowed number of bytes."
        return cls.http("too_large", 413, "request_too_large", sentence)

    @classmethod
    def rate_limit(cls, retry_after: int = 1) -> Fault:
        """429, with a retry-after header of whole seconds."""
        sentence = "This request would exceed your account's rate limit. Please try again later."
        return replace(
            cls.http("rate_limit", 429, "rate_limit_error", sentence), retry_after=retry_after
        )

    @classmethod
    def server_error(cls) -> Fault:
        """500."""
        return cls.http("server_error", 500, "api_error", "Internal server error")

    @classmethod
    def overloaded(cls) -> Fault:
        """529."""
        return cls.http("overloaded", 529, "overloaded_error", "Overloaded")

    @classmethod
    def html(cls) -> Fault:
        """200 with a web page."""
        return cls("html", Shape.HTML)

    @classmethod
    def hang(cls, seconds: float | None = None) -> Fault:
        """No headers; with `seconds`, a late but good answer."""
        return cls("hang", Shape.HANG, seconds=seconds)

    @classmethod
    def cut(cls) -> Fault:
        """Connection dropped in mid-stream."""
        return cls("cut", Shape.CUT)

    @classmethod
    def no_stop(cls) -> Fault:
        """Stream ends without message_stop."""
        return cls("no_stop", Shape.END)

    @classmethod
    def error_event(cls) -> Fault:
        """An overloaded error event in mid-stream."""
        return cls(
            "error_event", Shape.ERROR_EVENT, error_type="overloaded_error", message="Overloaded"
        )

    @classmethod
    def malformed(cls) -> Fault:
        """A broken line in mid-stream."""
        return cls("malformed", Shape.MALFORMED)

    @classmethod
    def silence(cls, seconds: float | None = None, until: Event | None = None) -> Fault:
        """Silence in mid-stream; with one of both, the answer goes on afterwards."""
        return cls("silence", Shape.SILENCE, seconds=seconds, until=until)


def named_faults() -> Mapping[str, Callable[[], Fault]]:
    """Every fault that needs no argument, by the name used on the command line."""
    makers: tuple[Callable[[], Fault], ...] = (
        Fault.bad_request,
        Fault.prompt_too_long,
        Fault.credit,
        Fault.unauthorized,
        Fault.forbidden,
        Fault.not_found,
        Fault.too_large,
        Fault.rate_limit,
        Fault.server_error,
        Fault.overloaded,
        Fault.html,
        Fault.hang,
        Fault.cut,
        Fault.no_stop,
        Fault.error_event,
        Fault.malformed,
        Fault.silence,
    )
    return {maker().name: maker for maker in makers}
