"""From answers to a recommendation: pure functions, no clock, no I/O."""
