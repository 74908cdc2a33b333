"""Which documents hold text of an evaluation suite: n-grams of words, looked up in an index.

ngrams   words and their runs as 64-bit hashes
suites   the texts of evaluation files of any usual kind
index    the index on disk: `build_index`, `load_index`, `prepare_index`
step     the step that counts and the step that decides
"""
