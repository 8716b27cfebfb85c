"""Runs: the frozen spec of a training, the events it emits, the store that keeps them."""
