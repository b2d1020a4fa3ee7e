"""What the words of a note say, by rules and counts: no model, no network."""
