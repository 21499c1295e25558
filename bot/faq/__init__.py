"""Questions to sourced answers, or to an honest "the corpus does not say". Pure but for the retriever it is given."""
