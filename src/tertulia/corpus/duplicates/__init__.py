"""Duplicates: repeated lines, equal texts and nearly equal ones, and which copy stays."""
