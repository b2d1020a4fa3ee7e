"""The consoles' theme needs a looser content policy: it holds below /admin/ and nowhere else."""

import pytest
from django.conf import settings

from common.middleware import CONSOLE_POLICY, CONTENT_POLICY
from tests.consoles.conftest import ACME, PLATFORM, at
from tests.isolation.routes import other_operations

HOSTS = {ACME: settings.ROOT_URLCONF, PLATFORM: settings.PUBLIC_SCHEMA_URLCONF}
# What is no page, and what only looks like the console.
OTHERS = ("/nothing", "/admin", "/adminx/", "/Admin/", "/x/admin/", "/api/v1/admin/tenant")


def pages(host):
    """Return every address without a variable part, and some that there are not."""
    found = {each.path for each in other_operations(HOSTS[host]) if each.method == "get"}
    return sorted({path for path in found if "<" not in path and "(" not in path} | {*OTHERS})


@pytest.mark.parametrize("host", HOSTS)
def test_the_looser_policy_holds_below_the_console_alone(host, db, in_acme):
    stranger, seen = at(host), {}
    for path in pages(host):
        seen[path] = stranger.get(path)["Content-Security-Policy"]
    loose = {path for path, policy in seen.items() if "unsafe" in policy}
    assert loose == {path for path in seen if path.startswith("/admin/")}
    assert {seen[path] for path in loose} == {CONSOLE_POLICY}
    assert {seen[path] for path in seen if path not in loose} <= {CONTENT_POLICY}
    assert len(loose) > 5


def test_the_pages_of_people_who_are_signed_in_keep_the_strict_one(console):
    assert console.get("/")["Content-Security-Policy"] == CONTENT_POLICY
    assert console.get("/tasks")["Content-Security-Policy"] == CONTENT_POLICY
    assert console.get("/admin/")["Content-Security-Policy"] == CONSOLE_POLICY


def test_even_the_looser_policy_runs_no_script_that_is_written_into_a_page():
    rules = dict(part.strip().split(" ", 1) for part in CONSOLE_POLICY.split(";"))
    assert rules["script-src"] == "'self' 'unsafe-eval'"
    assert rules["default-src"] == "'self'"
    assert (rules["object-src"], rules["base-uri"]) == ("'none'", "'none'")
