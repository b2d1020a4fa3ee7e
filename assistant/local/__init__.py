"""The local engine: a grammar of our own that needs no network."""
