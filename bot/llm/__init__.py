"""A language model, when one is configured: reached within limits, told nothing personal, never needed."""
