import json
import smtplib
import threading
from email.message import EmailMessage
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from config.embedded.mailbox import smtp_server
from config.embedded.mailbox_page import page_server
from config.embedded.mailstore import MailStore
from config.embedded.ports import any_port


@pytest.fixture
def store(tmp_path):
    return MailStore(tmp_path)


@pytest.fixture
def page(store):
    server = page_server(store, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def get(url, **headers):
    with urlopen(Request(url, headers=headers), timeout=5) as answer:
        return answer.read().decode(), answer.headers


def nasty_message():
    message = EmailMessage()
    message["From"] = "Eve <eve@acme.example>"
    message["To"] = "ada@acme.example"
    message["Subject"] = "<script>alert(1)</script> Grüße"
    message.set_content('See https://acme.example/?a=1&b="2" and <b>this</b>.')
    message.add_alternative("<script>alert(2)</script><p>Hello</p>", subtype="html")
    return message


def test_an_accepted_message_is_a_file_and_on_the_page(store, page):
    server = smtp_server(store, any_port())
    server.start()
    try:
        with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
            client.send_message(nasty_message(), to_addrs=["ada@acme.example", "../x y@b.example"])
            files = list(store.folder.iterdir())  # before the connection ends
    finally:
        server.stop()
    assert [file.suffix for file in files] == [".eml"]
    assert b"Subject:" in files[0].read_bytes()
    (row,) = json.loads(get(f"{page}/messages.json")[0])["messages"]
    assert row["subject"] == "<script>alert(1)</script> Grüße"
    assert row["to"].startswith("ada@acme.example, ")
    assert row["url"] == f"/messages/{quote(files[0].name)}"


def test_nothing_in_a_message_becomes_markup(store, page):
    name = store.save("eve@acme.example", ["<i>@x"], nasty_message().as_bytes()).name
    for address in (page, f"{page}/messages/{name}"):
        body, headers = get(address)
        assert "&lt;script&gt;alert(1)" in body
        assert "<script" not in body
        assert "<b>this" not in body
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert 'href="https://acme.example/?a=1&amp;b="' in body
    assert 'iframe sandbox="allow-popups' in body
    assert "<p>Hello</p>" in get(f"{page}/messages/{name}/html")[0]
    policy = get(f"{page}/messages/{name}/html")[1]["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy


def test_the_newest_message_comes_first(store, page):
    for subject in ("one", "two", "three"):
        store.save("a@x.example", ["b@x.example"], f"Subject: {subject}\r\n\r\nHi".encode())
    rows = json.loads(get(f"{page}/messages.json")[0])["messages"]
    assert [row["subject"] for row in rows] == ["three", "two", "one"]


def test_a_broken_message_is_shown_all_the_same(store, page):
    content = (
        b'Subject: =?x?q?=FF?=\r\nFrom: "\xff\r\nContent-Type: text/plain; charset=no\r\n\r\n\xff'
    )
    name = store.save("a@x.example", [], content).name
    assert name in get(page)[0]
    assert "All mail" in get(f"{page}/messages/{name}")[0]


@pytest.mark.parametrize(
    "path", ["/messages/..%2f..%2fetc%2fpasswd", "/messages/../secret", "/messages/%00", "/x"]
)
def test_a_path_that_is_no_message_is_not_found(page, path, store):
    (store.folder.parent / "secret").write_text("secret")
    with pytest.raises(HTTPError) as refused:
        get(page + path)
    assert refused.value.code == 404
    refused.value.close()


def test_a_foreign_host_name_is_refused(page):
    with pytest.raises(HTTPError) as refused:
        get(page, Host="evil.example")
    assert refused.value.code == 403
    refused.value.close()
