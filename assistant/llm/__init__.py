"""The second engine: a language model that says which words of a sentence mean what.

It gets the sentence and nothing else, and answers with words of the sentence. Days, hours and
people are worked out by the same code as without it. docs/language-models.md tells the rest.
"""
