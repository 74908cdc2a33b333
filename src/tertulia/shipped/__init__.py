"""Data that the wheel carries: the starter corpus, instructions, recipes and machine profiles."""
