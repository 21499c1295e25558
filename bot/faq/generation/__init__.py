"""Fluent answers: a model writes from the passages found, and only what they support is shown."""
