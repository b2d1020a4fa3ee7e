"""Finding passages: by their words (BM25 in SQL) and by their meaning (vectors)."""
