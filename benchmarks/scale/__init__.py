"""A large office beside a small one: what each page, list, search and sweep costs as it grows.

    python -m benchmarks.scale [--tasks 200000] [--people 2000] [--entries 1000000]
        [--chunks 10000] [--times 5]

Two offices in one database, one with a hundredth of everything. Their admin opens each page, each
list of the API and each of the console, in one process through all middleware; then comes what
runs behind: the sweep that finds one due reminder, sealing and verifying the trail, the export.
Processor is that of this process and of PostgreSQL's. A page costs as much in both, where it shows
a part; what reads everything costs what everything is. It ends with 1 where a page sends more
statements in the large office, or takes more than MOST_MS.
"""

QUICK = ["--tasks", "400", "--people", "20", "--entries", "500", "--chunks", "100", "--times", "1"]
