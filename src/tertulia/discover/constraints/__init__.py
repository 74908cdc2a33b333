"""Constraints: what a candidate may not be, each with a reason code and a sentence on it."""
