"""Docker's files proved without Docker: `make image-proof`.

    python -m tests.image [--keep FOLDER]

Replays Dockerfile and docker/pgbouncer.Dockerfile step by step in folders (debootstrap stands in
for the base images, a Python of this machine for theirs), then starts what docker-compose.yml says
in containers of ours: their commands and environment, their user, their root folder that nobody
writes to, volumes, health checks and order, in a network of their own without a way out. Somebody
opens an office there, hears of a change, is reminded and has a document read; then each service
is stopped. Needs root, debootstrap and the registries. Ends with 1 when something is not as it
should be, with 2 where it cannot be tried.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from config.env import ROOT
from tests.image.building import Builder
from tests.image.containers import Image
from tests.image.dockerfile import NotReplayedError
from tests.image.machine import NotHereError, require
from tests.image.running import ENV
from tests.image.stack import write_images

# Flower's own image is of another Linux; this is what its Dockerfile does, on our base.
FLOWER = """
FROM {base}
RUN pip install --no-cache-dir flower==2.0.1 redis packaging
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 FLOWER_DATA_DIR=/data PYTHONPATH=/data
WORKDIR /data
RUN groupadd --gid 1000 flower && useradd --uid 1000 --gid 1000 flower && chown flower:flower /data
USER flower
CMD ["celery", "flower"]
"""
NEW_NETWORK = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def main() -> int:
    """Build, run, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="a folder for images, volumes and logs")
    chosen = parser.parse_args()
    try:
        require()
    except NotHereError as error:
        print(f"The image cannot be proved here: {error}.")
        return 2
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="office-image-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    try:
        return prove(folder)
    except (NotHereError, NotReplayedError) as error:
        print(f"The image cannot be proved here: {error}")
        return 2
    finally:
        if chosen.keep is None:
            shutil.rmtree(folder)


def prove(folder: Path) -> int:
    """Build into the folder, and run there."""
    begun = time.monotonic()
    images = build(folder)
    write_images(folder / "images.json", images)
    (folder / ".env").write_text(ENV.changed((ROOT / ".env.example").read_text()))
    words = [sys.executable, "-m", "tests.image.running", str(folder)]
    status = subprocess.run([*NEW_NETWORK, *words], cwd=ROOT, check=False).returncode
    print(f"{'Proved' if status == 0 else 'NOT proved'} in {time.monotonic() - begun:.0f} s.")
    return status


def build(folder: Path) -> dict[str, Image]:
    """Replay our two Dockerfiles, and what stands for Flower's."""
    text = (ROOT / "Dockerfile").read_text()
    base = next(line for line in text.splitlines() if line.startswith("FROM")).split()[1]
    texts = {
        "ai-office-manager": (ROOT, text),
        "ai-office-manager-pgbouncer": (
            ROOT / "docker",
            (ROOT / "docker" / "pgbouncer.Dockerfile").read_text(),
        ),
        "mher/flower:2.0.1": (ROOT / "docker", FLOWER.format(base=base)),
    }
    images = {}
    for name, (context, steps) in texts.items():
        print(f"{name} is built:", flush=True)
        place = folder / "images" / name.replace("/", "-").replace(":", "-")
        images[name] = Builder(context, place, lambda line: print(line, flush=True)).build(steps)
    return images


if __name__ == "__main__":
    sys.exit(main())
