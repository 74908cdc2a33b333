"""Builds the English text that a continued model is held to."""
