"""Shows the kept messages in a browser, on 127.0.0.1 only. Nothing in a message is trusted."""

import json
import re
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from config.embedded.mailstore import MailStore, header, part_of

NEWEST = 300
STYLE = Path(__file__).with_name("mailbox.css")
LOCAL_HOST = re.compile(r"(127\.0\.0\.1|localhost|[a-z0-9-]+\.localhost)(:\d+)?", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s<>\"']+")
SHOWN = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "X-Envelope-To")
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
POPUPS = "allow-popups allow-popups-to-escape-sandbox"
MAIL_POLICY = (
    f"sandbox {POPUPS}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; frame-ancestors 'self'"
)
HTML = "text/html; charset=utf-8"


class Answer(NamedTuple):
    """What goes back to the browser."""

    body: str | bytes
    kind: str = HTML
    policy: str = PAGE_POLICY
    status: HTTPStatus = HTTPStatus.OK


MISSING = Answer("There is no such page.\n", "text/plain", status=HTTPStatus.NOT_FOUND)
FOREIGN = Answer("Open this page as 127.0.0.1.\n", "text/plain", status=HTTPStatus.FORBIDDEN)


def page(title: str, body: str) -> Answer:
    """Put a body, escaped already, into a page."""
    return Answer(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/style.css"></head>'
        f"<body><main>{body}</main></body></html>"
    )


def answer(store: MailStore, path: str) -> Answer:
    """Find what belongs to an address."""
    if path == "/":
        return list_page(store)
    if path == "/messages.json":
        return list_json(store)
    if path == "/style.css":
        return Answer(STYLE.read_bytes(), "text/css; charset=utf-8")
    match = re.fullmatch(r"/messages/([^/]+)(/html|/raw)?", path)
    return message_answer(store, unquote(match[1]), match[2] or "") if match else MISSING


def list_page(store: MailStore) -> Answer:
    """Show the newest messages."""
    rows = "".join(
        f'<tr><td class="time">{escape(one.time)}</td><td>{escape(one.sender)}</td>'
        f"<td>{escape(one.recipients)}</td>"
        f'<td><a href="/messages/{quote(one.name)}">'
        f"{escape(one.subject or '(no subject)')}</a></td></tr>"
        for one in store.summaries(NEWEST)
    )
    head = '<tr><th class="time">Time (UTC)</th><th>From</th><th>To</th><th>Subject</th></tr>'
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    empty = '<p class="quiet">No message yet. What the office sends arrives here.</p>'
    return page("Mail", f"<h1>Mail</h1>{table if rows else empty}")


def list_json(store: MailStore) -> Answer:
    """List the newest messages for programs."""
    rows = [
        {
            "name": one.name,
            "from": one.sender,
            "to": one.recipients,
            "subject": one.subject,
            "time": one.time,
            "url": f"/messages/{quote(one.name)}",
        }
        for one in store.summaries(NEWEST)
    ]
    return Answer(json.dumps({"messages": rows}, indent=2), "application/json")


def message_answer(store: MailStore, name: str, part: str) -> Answer:
    """Show one message, its HTML part alone, or its source."""
    path, message = store.path(name), store.read(name)
    if path is None or message is None:
        return MISSING
    if part == "/raw":
        return Answer(path.read_bytes(), "text/plain; charset=utf-8")
    html = part_of(message, "html")
    if part == "/html":
        return Answer(f'<!doctype html><base target="_blank">{html}', policy=MAIL_POLICY)
    headers = "".join(
        f"<dt>{escape(key)}</dt><dd>{escape(header(message, key))}</dd>"
        for key in SHOWN
        if message.get(key)
    )
    address = f"/messages/{quote(name)}"
    text = linked(part_of(message, "plain"))
    frame = (
        f'<h2>HTML</h2><iframe sandbox="{POPUPS}" title="HTML part" src="{address}/html"></iframe>'
    )
    subject = header(message, "Subject") or "(no subject)"
    return page(
        subject,
        f'<p><a href="/">All mail</a> · <a href="{address}/raw">Source</a></p>'
        f"<h1>{escape(subject)}</h1><dl>{headers}</dl>"
        f"{f'<pre>{text}</pre>' if text else ''}{frame if html else ''}",
    )


def linked(text: str) -> str:
    """Escape a text and make its addresses clickable."""
    parts, end = [], 0
    for match in ADDRESS.finditer(text):
        url = escape(match[0].rstrip(".,;:!?)"))
        rest = escape(match[0][len(match[0].rstrip(".,;:!?)")) :])
        link = f'<a rel="noreferrer noopener" target="_blank" href="{url}">{url}</a>{rest}'
        parts += [escape(text[end : match.start()]), link]
        end = match.end()
    return "".join([*parts, escape(text[end:])])


def page_server(store: MailStore, port: int) -> ThreadingHTTPServer:
    """Return the page's server, bound but not serving yet."""

    class Handler(BaseHTTPRequestHandler):
        """Reads an address, sends an answer."""

        timeout = 30

        def do_GET(self) -> None:
            """Answer a browser that came by a local name."""
            local = LOCAL_HOST.fullmatch(self.headers.get("Host", ""))
            self.send(answer(store, urlsplit(self.path).path) if local else FOREIGN)

        do_HEAD = do_GET  # noqa: N815 - inherited

        def send(self, reply: Answer) -> None:
            """Send the answer with the headers that keep a message in its cage."""
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", reply.policy)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
            """Say nothing: the addresses are not worth a log."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server
