"""Takes all mail of the product instead of a mail server, keeps it as files and shows it.

python -m config.embedded.mailbox --folder var/mail --smtp-port 2525 --http-port 8025
"""

import argparse
import signal
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config.embedded.mailbox_page import page_server
from config.embedded.mailstore import MailStore

LARGEST = 32 * 1024 * 1024
HOST = "127.0.0.1"


class Keeper:
    """Keeps each message before it says yes."""

    def __init__(self, store: MailStore) -> None:
        self.store = store

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Write the message; a full disk is a passing failure."""
        content = envelope.content or b""
        try:
            self.store.save(
                envelope.mail_from or "",
                envelope.rcpt_tos,
                content.encode() if isinstance(content, str) else content,
            )
        except OSError as error:
            return f"451 cannot keep the message: {error.strerror}"
        return "250 kept"


def smtp_server(store: MailStore, port: int) -> Controller:
    """Return the SMTP side, not started yet."""
    return Controller(
        Keeper(store), hostname=HOST, port=port, data_size_limit=LARGEST, ident="office mailbox"
    )


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    options = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    options.folder.mkdir(parents=True, exist_ok=True)
    store = MailStore(options.folder)
    page = page_server(store, options.http_port)
    threading.Thread(target=page.serve_forever, daemon=True).start()
    smtp = smtp_server(store, options.smtp_port)
    smtp.start()
    ended.wait()
    smtp.stop()
    page.shutdown()


if __name__ == "__main__":
    main()
