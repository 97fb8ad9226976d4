"""Names of persons in text: what a tagger says of them, and what labels, lists and the words around do."""
