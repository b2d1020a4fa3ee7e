"""What a person does at the running product, through what would be the proxy."""

import base64
import http.client
import json
import re
import time
from typing import Any
from urllib.parse import urlencode

from tests.image.standins import Mail, wait

DOMAIN = "office.example"
WHO = {"email": "jo@example.com", "password": "a long pass phrase"}
WEB, LIVE, FLOWER = 8000, 8001, 5555
PATIENCE = 90.0


class Browser:
    """Asks as a proxy that ends TLS does, and keeps cookies."""

    def __init__(self, host: str) -> None:
        self.host, self.cookies, self.token = host, {}, ""

    def ask(self, method: str, path: str, body: Any = None, *, form: Any = None) -> tuple[int, str]:
        """Give status and text."""
        line = http.client.HTTPConnection("127.0.0.1", WEB, timeout=PATIENCE)
        headers = {**self.headers, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body)
        if form is not None:
            headers["Content-Type"], data = "application/x-www-form-urlencoded", urlencode(form)
        line.request(method, path, data, headers)
        answer = line.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        text = answer.read().decode(errors="replace")
        line.close()
        return answer.status, text

    @property
    def headers(self) -> dict[str, str]:
        """What is told with each request."""
        told = {"Host": self.host, "X-Forwarded-Proto": "https", "Referer": f"https://{self.host}/"}
        if self.token:
            told["Authorization"] = f"Bearer {self.token}"
        if self.cookies:
            told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return told

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the API. Raises AssertionError for what is refused."""
        status, text = self.ask(method, f"/api/v1{path}", body)
        assert status < 300, (method, path, status, text[:500])
        return json.loads(text)


class Walk:
    """Opens an office, signs in on its pages, listens, and has itself reminded."""

    def __init__(self, mail: Mail) -> None:
        self.mail, self.api = mail, Browser(DOMAIN)

    pages = Browser("")

    def sign_in(self) -> str:
        """Open an office and sign in; read a page and its style sheet."""
        told = {**WHO, "tenant_name": "Jo and Company", "full_name": "Jo Founder"}
        slug = self.api.api("POST", "/auth/register", told)["tenant"]["slug"]
        self.api.token = self.api.api("POST", "/auth/login", WHO)["access_token"]
        self.pages = Browser(f"{slug}.{DOMAIN}")
        _status, page = self.pages.ask("GET", "/sign-in")
        word = page.split('name="csrfmiddlewaretoken" value="')[1].partition('"')[0]
        form = {"csrfmiddlewaretoken": word, "username": WHO["email"], "password": WHO["password"]}
        status, _text = self.pages.ask("POST", "/sign-in", form=form)
        assert status == 302, status
        status, page = self.pages.ask("GET", "/tasks")
        assert status == 200, status
        style = re.search(r'href="(/static/[^"]+\.css)"', page)
        assert style, "the page names no style sheet"
        assert re.search(r"\.[0-9a-f]{12}\.css$", style[1]), style[1]
        assert self.pages.ask("GET", style[1])[0] == 200
        return f"signed in at {self.pages.host}, {style[1]} is served"

    def hear(self) -> str:
        """Write a task while a page stands open."""
        line = http.client.HTTPConnection("127.0.0.1", LIVE, timeout=30)
        line.request("GET", "/live", headers=self.pages.headers)
        answer = line.getresponse()
        assert answer.status == 200, answer.status
        begun, written = time.monotonic(), False
        for raw in iter(answer.readline, b""):
            said = raw.decode().strip()
            if said.startswith(":") and not written:
                self.api.api("POST", "/tasks", {"title": "Water the plants"})
                begun, written = time.monotonic(), True
            if said.startswith("data: "):
                line.close()
                assert "tasks" in said, said
                return f"“{said}” heard within {time.monotonic() - begun:.2f} s"
        raise AssertionError("the live part said nothing")

    def be_reminded(self) -> str:
        """Have a reminder sent in a few seconds."""
        task = self.api.api("POST", "/tasks", {"title": "Call the bank"})
        due = time.time() + 5
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(due))
        self.api.api("POST", f"/tasks/{task['id']}/reminders", {"at": moment})
        wait(lambda: any("Call the bank" in one for one in self.mail.letters()), "the letter", 60)
        return f"the reminder arrived {time.time() - due:.1f} s after it was due"

    def read_a_document(self) -> str:
        """Have a worker read what the web server has put into the volume, and ask for it."""
        text = "# Keys\n\nThe spare key of the archive lies in the blue cupboard."
        made = self.api.api("POST", "/documents", {"filename": "keys.md", "text": text})

        def status() -> str:
            return str(self.api.api("GET", f"/documents/{made['id']}")["status"])

        took = wait(lambda: status() in {"ready", "failed"}, "the document's reading", 120)
        assert status() == "ready", self.api.api("GET", f"/documents/{made['id']}")
        asked = {"question": "Where does the spare key of the archive lie?"}
        answer = self.api.api("POST", "/documents/ask", asked)
        assert "blue cupboard" in json.dumps(answer), answer
        return f"a document was read in {took:.1f} s and quoted"

    def look_at_health(self) -> str:
        """Read the state of health and the figures."""
        status, text = self.api.ask("GET", "/health")
        assert status == 200, (status, text)
        assert json.loads(text)["status"] == "ok", text
        self.api.token, kept = "metrics-of-the-proof", self.api.token
        status, figures = self.api.ask("GET", "/metrics")
        self.api.token = kept
        assert (status, "office_requests_total" in figures) == (200, True), figures[:300]
        return "/health says ok, /metrics shows figures"

    def look_at_flower(self, password: str) -> str:
        """See the workers by their password, and nothing without."""
        assert _flower("/workers", "")[0] == 401
        assert _flower("/workers", "operator:guessed")[0] == 401
        wait(lambda: _flower("/workers", password)[0] == 200, "Flower's page")
        seen = {}

        def sees() -> bool:
            status, text = _flower("/api/workers?refresh=1", password)
            seen.clear()
            seen.update(json.loads(text) if status == 200 else {})
            return bool(seen)

        wait(sees, "that Flower sees a worker")
        return f"Flower shows {', '.join(seen)} to whoever knows the password"


def _flower(path: str, password: str) -> tuple[int, str]:
    line = http.client.HTTPConnection("127.0.0.1", FLOWER, timeout=PATIENCE)
    told = base64.b64encode(password.encode()).decode()
    line.request("GET", path, headers={"Authorization": f"Basic {told}"} if password else {})
    answer = line.getresponse()
    text = answer.read().decode(errors="replace")
    line.close()
    return answer.status, text
