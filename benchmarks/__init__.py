"""Runnable measurements: each compares things side by side in one run and prints a ratio."""
