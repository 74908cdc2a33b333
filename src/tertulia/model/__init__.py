"""The transformer, its sizes, its names on disk."""
