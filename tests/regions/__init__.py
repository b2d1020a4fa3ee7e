"""Two whole installations on one machine, as two regions."""
