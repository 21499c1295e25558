"""Turn the corpus of articles into passages that can be searched; knows nothing of chats."""
