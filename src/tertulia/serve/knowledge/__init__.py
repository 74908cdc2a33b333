"""Documents: originals, extracts, chunks and their indexing."""
