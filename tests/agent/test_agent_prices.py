"""What a running turn has cost so far, from list prices and usage."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tui.agent.prices import Price, TurnCost, price_list

MODELS = [
    {
        "value": "default",
        "resolvedModel": "claude-opus-5-5",
        "description": "Use the default model (currently Opus 5.5) · $4/$20 per Mtok",
    },
    {"value": "old", "resolvedModel": "claude-old-1", "description": "Old · $0.80/$4 per Mtok"},
    {
        "value": "haiku",
        "resolvedModel": "claude-haiku-5-5",
        "description": "Quick · $0.10/$0.50 per Mtok ($0.50/$2.50 for prompts over 100k)",
    },
]
PRICES = price_list(MODELS)


def start(model: str, **usage: Any) -> dict[str, Any]:
    return {"type": "message_start", "message": {"model": model, "usage": usage}}


def end(**usage: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {}, "usage": usage}


def test_prices_are_read_from_the_models_descriptions() -> None:
    prices = price_list(MODELS)
    assert prices["claude-opus-5-5"] == prices["default"] == Price(4, 20, cache_read=0.05)
    assert prices["claude-old-1"] == Price(0.8, 4)
    assert prices["haiku"] == Price(0.1, 0.5, 0.1, 100_000, 0.5, 2.5)


@pytest.mark.parametrize(
    "models",
    [
        None,
        "x",
        {},
        [None, 5, "x", []],
        [{"description": "no price", "value": "m"}],
        [{"description": None, "value": "m"}],
        [{"description": "$4/$20 per Mtok"}],
        [{"description": "$4 per Mtok", "value": "m"}],
        [{"description": "$./$. per Mtok", "value": "m"}],
    ],
)
def test_what_cannot_be_read_has_no_price(models: object) -> None:
    assert price_list(models) == {}


@pytest.mark.parametrize(
    ("model", "usage", "dollars"),
    [
        ("claude-opus-5-5", {"input_tokens": 1_000_000}, 4.0),
        ("claude-opus-5-5", {"cache_read_input_tokens": 1_000_000}, 0.2),
        ("claude-old-1", {"cache_read_input_tokens": 1_000_000}, 0.08),
        ("claude-old-1", {"cache_creation_input_tokens": 1_000_000}, 1.0),
        (
            "claude-old-1",
            {
                "cache_creation_input_tokens": 1_000_000,
                "cache_creation": {"ephemeral_1h_input_tokens": 1_000_000},
            },
            1.6,
        ),
        ("claude-haiku-5-5", {"input_tokens": 100_000}, 0.01),
        ("claude-haiku-5-5", {"input_tokens": 200_000}, 0.1),
        ("claude-haiku-5-5", {"cache_read_input_tokens": 200_000}, 0.01),
        ("claude-opus-5-5-20260101", {"input_tokens": 1_000_000}, 4.0),
        ("claude-opus-5-5[1m]", {"input_tokens": 1_000_000}, 4.0),
    ],
)
def test_what_a_prompt_costs(model: str, usage: dict[str, Any], dollars: float) -> None:
    cost = TurnCost(PRICES)
    assert cost.handle(start(model, **usage)) is None
    assert cost.handle(end(output_tokens=0)) == pytest.approx(dollars)


def test_requests_add_up_and_the_last_word_of_each_counts() -> None:
    cost = TurnCost(PRICES)
    cost.handle(start("claude-opus-5-5", input_tokens=1_000, output_tokens=1))
    assert cost.handle(end(output_tokens=100)) == pytest.approx(0.006)
    assert cost.handle(end(output_tokens=200, input_tokens=0)) == pytest.approx(0.008)
    assert cost.handle({"type": "message_stop"}) is None
    # One that breaks off is not paid for.
    cost.handle(start("claude-opus-5-5", input_tokens=500_000, output_tokens=1))
    cost.handle(start("claude-opus-5-5", input_tokens=2_000, output_tokens=1))
    assert cost.handle(end(output_tokens=50, input_tokens=3_000)) == pytest.approx(0.021)


def test_what_the_cache_took_off_adds_up_over_the_requests() -> None:
    cost = TurnCost(PRICES)
    cost.handle(start("claude-old-1", input_tokens=1_000, cache_read_input_tokens=1_000_000))
    assert cost.saved == 0
    cost.handle(end(output_tokens=1))
    assert cost.saved == pytest.approx(0.8 - 0.08)
    cost.handle(start("claude-old-1", cache_read_input_tokens=500_000))
    cost.handle(end(output_tokens=1))
    assert cost.saved == pytest.approx(1.5 * (0.8 - 0.08))
    cost.handle(start("claude-haiku-5-5", cache_read_input_tokens=200_000))
    cost.handle(end(output_tokens=1))
    assert cost.saved == pytest.approx(1.5 * (0.8 - 0.08) + 0.1 - 0.01)


def test_an_unknown_model_costs_nobody_knows_what() -> None:
    cost = TurnCost(PRICES)
    cost.handle(start("claude-nobody-1", input_tokens=1_000))
    assert cost.handle(end(output_tokens=100)) is None
    assert TurnCost({}).handle(end(output_tokens=100)) is None


ANYTHING = some.recursive(
    some.none() | some.integers() | some.text(max_size=5) | some.floats(allow_nan=False),
    lambda inner: some.dictionaries(
        some.sampled_from(["usage", "model", "input_tokens", "cache_creation", "output_tokens"]),
        inner,
        max_size=3,
    ),
    max_leaves=6,
)


@given(some.lists(some.tuples(some.sampled_from(["message_start", "message_delta"]), ANYTHING)))
def test_any_events_are_heard(events: list[tuple[str, object]]) -> None:
    cost = TurnCost(PRICES)
    for kind, told in events:
        dollars = cost.handle({"type": kind, "message": told, "usage": told})
        assert dollars is None or dollars >= 0
