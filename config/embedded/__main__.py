"""The commands `run`, `servers` and `test` behind the Makefile."""

import argparse
import sys

from config.embedded.console import complain
from config.embedded.errors import EmbeddedError
from config.embedded.paths import ROOT, Layout
from config.embedded.run import run_office, run_servers
from config.embedded.suite import run_tests


def main() -> int:
    """Do what the command line says and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="run the whole office")
    commands.add_parser("servers", help="run PostgreSQL, Valkey and the mailbox only")
    test = commands.add_parser("test", help="run pytest with servers of its own")
    test.add_argument("arguments", nargs=argparse.REMAINDER, help="-- arguments for pytest")
    options = parser.parse_args()
    layout = Layout(ROOT, ROOT / "var")
    try:
        if options.command == "test":
            arguments = options.arguments
            return run_tests(layout, arguments[1:] if arguments[:1] == ["--"] else arguments)
        return run_office(layout) if options.command == "run" else run_servers(layout)
    except EmbeddedError as error:
        complain(f"{error}" if str(error).endswith(".") else f"{error}.")
    except PermissionError as error:
        complain(f"{error.filename} belongs to another user; was the office run by them before?")
    return 1


if __name__ == "__main__":
    sys.exit(main())
