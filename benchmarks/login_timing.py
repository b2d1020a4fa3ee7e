"""Whether the time of an answer tells if an e-mail is known: at sign-in, or when it is forgotten.

    python -m benchmarks.login_timing [--rounds 200]

Known and unknown addresses take turns, in an order drawn by chance, over HTTP's test client and
with the product's own hash. What the medians differ by is compared with the noise: by how much
they differ in 19 of 20 cases when the labels are dealt out anew by chance. It ends with 1 when a
difference stands out of the noise.
"""

import argparse
import random
import sys
from collections.abc import Callable
from statistics import median, quantiles

from benchmarks.clock import timed
from benchmarks.database import own_database
from benchmarks.report import Report, arguments
from benchmarks.servers import servers, set_up

QUICK = ["--rounds", "20", "--only-print"]
KNOWN, UNKNOWN = "ada@timing.example", "nobody@timing.example"
DEALS = 1000


def main() -> None:
    """Measure and print the distributions."""
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--only-print", action="store_true", help="end with 0 in any case")
    chosen = parser.parse_args()
    with servers(), own_database("login_timing"):
        report = Report(chosen)
        stands_out = measure(report, chosen)
        report.finish()
    sys.exit(1 if stands_out and not chosen.only_print else 0)


def measure(report: Report, chosen: argparse.Namespace) -> bool:
    """Ask each door with both addresses; return whether a difference stands out."""
    set_up()
    rows = [
        row
        for name, ask in doors().items()
        for row in distributions(name, sample(ask, chosen.rounds))
    ]
    report.table("Milliseconds until the answer", rows)
    return any(abs(row["differ by"]) > row["noise"] for row in rows)


def doors() -> dict[str, Callable[[str], object]]:
    """Return how each door is asked for an address."""
    from django.conf import settings
    from django.test import Client, override_settings

    from accounts.services import register_organisation

    # Nothing is counted, and the page's files are not collected first.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(LOGIN_RATES={}, STORAGES={**settings.STORAGES, "staticfiles": plain}).enable()
    register_organisation(
        email=KNOWN,
        full_name="Ada",
        password="a pass phrase of some length",
        tenant_name="Timing",
    )
    hosts = settings.BASE_DOMAIN, f"timing.{settings.BASE_DOMAIN}"
    shared, own = (Client(HTTP_HOST=host) for host in hosts)

    def answered(client: Client, path: str, body: dict[str, str], status: int, **more: str) -> None:
        answer = client.post(path, body, secure=True, **more)
        if answer.status_code != status:
            raise RuntimeError(f"{path} answered {answer.status_code}: nothing was measured")

    def api(email: str) -> None:
        body = {"email": email, "password": "not the password"}
        answered(shared, "/api/v1/auth/login", body, 401, content_type="application/json")

    def page(email: str) -> None:
        body = {"username": email, "password": "not the password"}
        answered(own, "/sign-in", body, 200)

    def reset(email: str) -> None:
        kind = {"content_type": "application/json"}
        answered(shared, "/api/v1/auth/password/reset", {"email": email}, 202, **kind)

    return {"login (API)": api, "sign-in (page)": page, "forgotten password": reset}


def sample(ask: Callable[[str], object], rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds for both addresses, which take turns by chance."""
    order = [KNOWN, UNKNOWN] * rounds
    random.Random(1).shuffle(order)
    for email in (KNOWN, UNKNOWN):
        ask(email)
    taken: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    for email in order:
        taken[email].append(1000 * timed(lambda email=email: ask(email)))
    return taken


def distributions(door: str, taken: dict[str, list[float]]) -> list[dict[str, object]]:
    """Return a row for each address, with what the medians differ by and the noise."""
    differ = median(taken[KNOWN]) - median(taken[UNKNOWN])
    noise = noise_of([*taken[KNOWN], *taken[UNKNOWN]])
    rows = []
    for label, email in (("known", KNOWN), ("unknown", UNKNOWN)):
        cuts = quantiles(taken[email], n=20)
        rows.append(
            {
                "door": door,
                "e-mail": label,
                "median": median(taken[email]),
                "5 %": cuts[0],
                "25 %": cuts[4],
                "75 %": cuts[14],
                "95 %": cuts[18],
                "differ by": differ,
                "noise": noise,
            }
        )
    return rows


def noise_of(taken: list[float]) -> float:
    """Return by how much medians of halves differ in 19 of 20 deals."""
    dice, half, found = random.Random(2), len(taken) // 2, []
    for _deal in range(DEALS):
        dice.shuffle(taken)
        found.append(abs(median(taken[:half]) - median(taken[half:])))
    return quantiles(found, n=20)[18]


if __name__ == "__main__":
    main()
