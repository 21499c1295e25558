"""A recommendation to what a person reads: messages, pictures, documents, JSON. Decides nothing."""
