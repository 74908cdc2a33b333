"""The peers of the corpus engine: the text that all of them read, and a leg for each peer."""
