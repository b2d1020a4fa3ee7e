"""How everything is asked: what its ids stand for, a good query, a good form.

An address, a console table or an action without a line fails in `test_new_things.py`, with the
sentence that says what to add where.
"""
