"""The machines that so many people need, from what one request, reminder and row costs here.

    python -m benchmarks.capacity [--people 1000 100000 10000000] [--minutes 10] [--cells 3]

First the product is measured on this machine: processor and bytes of each kind of work. Then comes
arithmetic: how people work (`habits`) times what that costs, on machines of a given size, says how
many machines of which kind so many people need, which limit each of them meets first, and what is
added there. At last the largest case is played: requests come by chance, reminders all at nine, and
each takes as long as was measured, more or less; how many wait, and how late what comes.

An office is whole in one database, and databases know nothing of each other: ten million people are
many cells of the same kind, of which some are played, each with dice of its own.
"""

QUICK = ["--tenants", "2", "--tasks", "40", "--seconds", "1", "--minutes", "0.2", "--cells", "1"]
