"""An office of its own to be attacked, with something in it of all that has pages or lists."""

from dataclasses import dataclass, field
from typing import Any

import requests

WHO = {"email": "jo@example.com", "password": "a long pass phrase"}
PATIENCE_SECONDS = 60
# What is made, in this order; `{task}` is the id of what an earlier line has made.
THINGS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("task", "/tasks", {"title": "Order badges", "labels": ["badges"], "priority": "high"}),
    ("task", "/tasks", {"title": "Sort post", "labels": ["badges"], "priority": "high"}),
    ("comment", "/tasks/{task}/comments", {"body": "Ask for the price."}),
    ("note", "/notes", {"title": "Plan", "body": "First badges."}),
    ("note", "/notes", {"title": "Minutes", "body": "We order badges.", "tags": ["badges"]}),
    (
        "event",
        "/calendar/events",
        {"title": "Standup", "start": "2034-05-15T09:00:00Z", "end": "2034-05-15T09:15:00Z"},
    ),
    ("team", "/admin/teams", {"name": "Kitchen"}),
    ("team", "/admin/teams", {"name": "Front desk"}),
    ("invitation", "/admin/invitations", {"email": "guest@example.com", "role": "employee"}),
    ("webhook", "/webhooks", {"url": "https://example.com/hook", "events": ["task.created"]}),
)


@dataclass
class Office:
    """Whoever attacks it is its admin, by a token and by cookies."""

    base: str
    slug: str
    token: str
    ids: dict[str, str]
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The office's own name; 127.0.0.1 is asked under it, for not every machine resolves it."""
        return f"{self.slug}.{self.base.partition('://')[2]}"

    @property
    def pages(self) -> str:
        """Where the office's pages are asked."""
        return f"http://127.0.0.1:{self.base.rpartition(':')[2]}"


def open_office(base: str) -> Office:
    """Open it by the API, fill it, and sign in on its pages."""
    made = _ask(
        f"{base}/api/v1/auth/register", {**WHO, "tenant_name": "Attacked", "full_name": "Jo"}
    )
    office = Office(base, made["tenant"]["slug"], made["access_token"], {})
    office.ids["user"] = made["user"]["id"]
    for name, path, body in THINGS:
        url = f"{base}/api/v1{path.format(**office.ids)}"
        office.ids[name] = _ask(url, body, office.token)["id"]
    office.cookies = _sign_in(office)
    return office


def _ask(url: str, body: Any, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.request("POST", url, json=body, headers=headers, timeout=PATIENCE_SECONDS)
    if not answer.ok:
        raise SystemExit(f"{url}: {answer.status_code} {answer.text[:500]}")
    return answer.json()


def _sign_in(office: Office) -> dict[str, str]:
    """Return the cookies of a session on the pages."""
    url = f"{office.pages}/sign-in"
    with requests.Session() as browser:
        browser.headers["Host"] = office.host
        page = browser.request("GET", url, timeout=PATIENCE_SECONDS).text
        token = page.split('name="csrfmiddlewaretoken" value="')[1].partition('"')[0]
        form = {"csrfmiddlewaretoken": token, "username": WHO["email"]}
        answer = browser.request(
            "POST",
            url,
            data={**form, "password": WHO["password"]},
            timeout=PATIENCE_SECONDS,
            allow_redirects=False,
        )
        if answer.status_code != requests.codes.found:
            raise SystemExit(f"not signed in: {answer.status_code}")
        return {name: value or "" for name, value in browser.cookies.items()}
