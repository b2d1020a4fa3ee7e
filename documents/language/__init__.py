"""What texts are made of: sentences, words, and the stems of words."""
