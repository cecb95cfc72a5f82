"""The cost so far of a running turn: its usage at the list prices from the CLI. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tui.agent.cli_contract import sentences
from tui.agent.cli_contract.surprises import unexpected
from tui.domain.frozen import frozen

_MILLION: Final = 1_000_000
_DATED: Final = re.compile(r"(?:-\d{8})?(?:\[[^\]]*\])?$")
_CACHE_READ: Final = {
    "claude-opus-5-5": 0.05,
    "claude-sonnet-5-5": 0.05,
    "claude-fable-5-2": 0.025,
}
"""Cost of a cache read as a multiple of the input price; the CLI's price list omits it."""
_USUAL_CACHE_READ: Final = 0.1
_CACHE_WRITE: Final = 1.25
_CACHE_WRITE_HOUR: Final = 2.0
"""Multiple for cache writes kept for an hour instead of five minutes."""


@frozen
class Price:
    """Prices of a model in dollars per million tokens."""

    input: float
    output: float
    cache_read: float = _USUAL_CACHE_READ
    """Multiple of the input price."""
    long_above: float = float("inf")
    """Size of a prompt in tokens above which the long-prompt prices apply."""
    long_input: float = 0.0
    long_output: float = 0.0


def price_list(models: object) -> dict[str, Price]:
    """Return prices by model id from the CLI's list of models; unreadable entries are left out."""
    prices: dict[str, Price] = {}
    for entry in models if isinstance(models, list) else ():
        if not isinstance(entry, dict) or not isinstance(entry.get("description"), str):
            continue
        names = [entry.get("value"), entry.get("resolvedModel")]
        known = [_plain(name) for name in names if isinstance(name, str) and name]
        if known and (price := _price(entry["description"], known)):
            prices.update(dict.fromkeys(known, price))
    if models and not prices:
        unexpected("The prices of the models", models)
    return prices


class TurnCost:
    """The cost of one turn, summed over its requests as their usage comes in."""

    def __init__(self, prices: Mapping[str, Price]) -> None:
        self._prices = prices
        self._price: Price | None = None
        self._usage: dict[str, float] = {}
        self._before = 0.0
        self._request = 0.0
        self._saved_before = 0.0
        self._saved = 0.0

    @property
    def saved(self) -> float:
        """Dollars saved by the prompt cache on the requests paid so far."""
        return self._saved_before + self._saved

    def handle(self, event: Mapping[str, Any]) -> float | None:
        """Process a stream event; return the dollars so far when the event changes them.

        A request counts once its end is reported: a request that broke off is not paid.
        """
        match event.get("type"):
            case "message_start":
                message = event.get("message")
                message = message if isinstance(message, dict) else {}
                self._price = self._prices.get(_plain(str(message.get("model", ""))))
                self._usage = _usage(message.get("usage"))
                self._before, self._request = self._before + self._request, 0.0
                self._saved_before, self._saved = self.saved, 0.0
            case "message_delta" if self._price is not None:
                usage = _usage(event.get("usage"))
                self._usage |= {name: count for name, count in usage.items() if count > 0}
                self._request = _dollars(self._price, self._usage)
                self._saved = _saved(self._price, self._usage)
                return self._before + self._request
        return None


def _price(description: str, names: Iterable[str]) -> Price | None:
    found = sentences.PRICE.search(description)
    if found is None:
        return None
    cache_read = next((_CACHE_READ[name] for name in names if name in _CACHE_READ), None)
    price = Price(float(found[1]), float(found[2]), cache_read or _USUAL_CACHE_READ)
    long = sentences.LONG_PRICE.search(description, found.end())
    if long is None:
        return price
    above = float(long[3]) * 1000
    return Price(price.input, price.output, price.cache_read, above, float(long[1]), float(long[2]))


def _plain(model: str) -> str:
    return _DATED.sub("", model, count=1)


def _usage(usage: object) -> dict[str, float]:
    if not isinstance(usage, dict):
        return {}
    counts = {str(name): value for name, value in usage.items() if _is_count(value)}
    written = usage.get("cache_creation")
    hour = written.get("ephemeral_1h_input_tokens") if isinstance(written, dict) else None
    return {**counts, "hour": hour} if isinstance(hour, int) and hour > 0 else counts


def _is_count(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _dollars(price: Price, usage: Mapping[str, float]) -> float:
    plain = usage.get("input_tokens", 0)
    read = usage.get("cache_read_input_tokens", 0)
    written = usage.get("cache_creation_input_tokens", 0)
    is_long = _is_long(price, usage)
    an_input = price.long_input if is_long else price.input
    an_output = price.long_output if is_long else price.output
    hour = min(usage.get("hour", 0), written)
    inputs = plain + price.cache_read * read
    inputs += _CACHE_WRITE * (written - hour) + _CACHE_WRITE_HOUR * hour
    return (inputs * an_input + usage.get("output_tokens", 0) * an_output) / _MILLION


def _saved(price: Price, usage: Mapping[str, float]) -> float:
    """Return how much more the cached tokens would have cost without the cache."""
    an_input = price.long_input if _is_long(price, usage) else price.input
    read = usage.get("cache_read_input_tokens", 0)
    return read * (1 - price.cache_read) * an_input / _MILLION


def _is_long(price: Price, usage: Mapping[str, float]) -> bool:
    names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    return sum(usage.get(name, 0) for name in names) > price.long_above
