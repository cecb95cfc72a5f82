"""The one place that puts store, agent, demo and studio together, and runs what uses them."""
