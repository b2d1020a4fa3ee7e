"""An organisation as one file; docs/archive.md describes it."""
