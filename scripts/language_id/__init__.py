"""Fixes the test lines of language identification and trains its model."""
