"""Finding passages: words, vectors, fusion and reranking."""
