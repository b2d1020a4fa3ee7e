"""Answers in the documents' own words, with how sure we are of them."""
