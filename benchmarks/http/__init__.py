"""Requests per second and CPU per request: the product, against the FastAPI design it replaces.

    python -m benchmarks.http [--reference FOLDER] [--tenants 50] [--rounds 5] [--seconds 5]

Both serve the same rows out of the same PostgreSQL, each with two workers, and take turns under
wrk: in each round each of them answers once, and ratios are taken within the round. CPU is read
from /proc for the server's processes and the database's: it is the steadier figure on a machine
that other work shares. Any answer that is not a success counts as bad, and bad must be 0. Without
--reference the product runs alone. With --many N it runs twice, beside few and beside N tenants.
"""

QUICK = ["--tenants", "3", "--tasks", "60", "--rounds", "1", "--seconds", "1"]
