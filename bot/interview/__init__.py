"""The guided interview: what is asked, what is understood of an answer, what still matters. Pure."""
