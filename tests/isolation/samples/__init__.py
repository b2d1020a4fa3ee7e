"""A good request for each operation of the API, in a small world that everybody of acme sees."""
