"""Scanners that others have made, at the running product."""
