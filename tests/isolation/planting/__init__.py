"""Canaries in every text of every table of an office."""
