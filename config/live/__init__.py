"""The live part: tells pages that stand open that something has changed."""
