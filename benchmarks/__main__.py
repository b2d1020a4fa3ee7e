"""All measurements in one place.

    python -m benchmarks list               what there is
    python -m benchmarks NAME [options]     run one; --help tells its options
    python -m benchmarks quick              a small run of each, to see that none has gone stale

Each seeds its own data and starts its own PostgreSQL and Valkey, unless DATABASE_URL and REDIS_URL
name some where databases may be made.
"""

import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules
from time import monotonic

import benchmarks

# Shared by the measurements, and one that asks an office which runs already.
SHARED = {
    "lighthouse",
    *(
        "__main__",
        "asking",
        "clock",
        "data",
        "database",
        "library",
        "processor",
        "readers",
        "report",
    ),
    *("reminder_offices", "reminder_steps", "scoring", "servers", "stages", "syncs", "training"),
}


def names() -> list[str]:
    """Return the names of all measurements."""
    return sorted({found.name for found in iter_modules(benchmarks.__path__)} - SHARED)


def entry(name: str) -> str:
    """Return the module that `python -m` runs."""
    return f"benchmarks.{name}"


def describe(name: str) -> str:
    """Return the first sentence of a measurement."""
    return (import_module(entry(name)).__doc__ or "").splitlines()[0]


def quick() -> int:
    """Run each small, one after the other; return how many failed."""
    failed = []
    for name in names():
        print(f"\n== {name}: {describe(name)}", flush=True)
        command = [sys.executable, "-m", entry(name), *import_module(entry(name)).QUICK]
        began = monotonic()
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
        print(f"-- {name}: {monotonic() - began:.0f} s", flush=True)
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nAll measurements ran.")
    return len(failed)


def main() -> int:
    """Do what the command line says and return the exit status."""
    command, *rest = sys.argv[1:] or ["list"]
    if command == "list":
        for name in names():
            print(f"{name:<18} {describe(name)}")
        return 0
    if command == "quick":
        return min(quick(), 1)
    if command not in names():
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    return subprocess.run([sys.executable, "-m", entry(command), *rest], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
