"""Answers that cite, or say that they do not know."""
