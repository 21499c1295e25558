"""The guided interview as a conversation: questions out, answers in, the recommendation and what one may do with it."""
