"""Two releases that follow one another: the code as it was, and the code as it will be.

The one before is that of UPGRADE_FROM, the last tag `v…`, or the commit before the newest
migration; where the history is not at hand, the checkout itself. The next one is the checkout with
one migration more for tables that every request and reminder goes through.
"""

import io
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from config.env import ROOT

# What is compiled goes along, but for what somebody is just writing.
LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv", "var", "tests", "*.pyc.*", ".*_cache", "node_modules")
)
MIGRATIONS, NUMBERED = "*/migrations/0*.py", re.compile(r"/migrations/0[^/]*\.py\Z")
COLUMN = "next_release"
# What the next release adds to an app: a column that its own code reads with each row.
NEW = {
    "tasks": ("Task", "IntegerField(default=0, db_default=0)"),
    "messaging": ("OutgoingMessage", 'CharField(max_length=20, default="", db_default="")'),
    "accounts": ("User", "DateTimeField(null=True)"),
}
MIGRATION = '''"""Of a release that is yet to come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("{app}", "{last}")]
    operations = [
        migrations.AddField("{model}", "{column}", models.{field}),
        migrations.AddIndex("{model}", models.Index(fields=["{column}"], name="{app}_next")),
    ]
'''


def release_before(folder: Path) -> tuple[Path, str]:
    """Write the code of the release before below the folder; return where, and what it is."""
    commit = _commit_before()
    if not commit:
        return ROOT, "the checkout"
    archive = subprocess.check_output(["git", "archive", "--format=tar", commit], cwd=ROOT)
    place = folder / "before"
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(place, filter="data")
    return place, commit


def _commit_before() -> str:
    """Return the commit of the release before; empty where the history does not reach as far."""
    named = os.environ.get("UPGRADE_FROM") or _git("describe", "--tags", "--abbrev=0", "--match=v*")
    if not named:
        changes = _git("log", "--format=%H", "--", MIGRATIONS).split()
        named = next((f"{one}^" for one in changes if _is_before(f"{one}^")), "")
    return _git("rev-parse", "--verify", "--quiet", f"{named}^{{commit}}") if named else ""


def _is_before(commit: str) -> bool:
    """Tell whether the checkout has what the code of a commit has migrated, and more."""
    then = {*_git("ls-tree", "-r", "--name-only", commit, "--", ".").split()}
    now = {*_git("ls-files").split()}
    then, now = ({path for path in paths if NUMBERED.search(path)} for paths in (then, now))
    return bool(then) and then < now


def _git(*words: str) -> str:
    if shutil.which("git") is None:
        return ""
    told = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip() if told.returncode == 0 else ""


def release_after(folder: Path) -> Path:
    """Write the code of the next release below the folder; return where."""
    place = folder / "after"
    shutil.copytree(ROOT, place, ignore=LEFT_OUT)
    for app, (model, field) in NEW.items():
        migrations = place / app / "migrations"
        last = max(path.stem for path in migrations.glob("0*.py"))
        words = {"app": app, "last": last, "model": model.lower(), "column": COLUMN}
        (migrations / "9999_next_release.py").write_text(MIGRATION.format(**words, field=field))
        with (place / app / "models.py").open("a") as code:
            code.write(f'\n{model}.add_to_class("{COLUMN}", models.{field})\n')
    return place
