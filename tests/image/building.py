"""A Dockerfile's steps, one after the other, in folders."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.image.containers import Image, run_step
from tests.image.dockerfile import NotReplayedError, Stage, command, filled_in, health, pairs, read
from tests.image.ignoring import Ignored
from tests.image.machine import PATH, base

Say = Callable[[str], None]


class Builder:
    """Makes one image; each stage in a folder of its own."""

    def __init__(self, context: Path, folder: Path, say: Say) -> None:
        self.context, self.folder, self.say = context, folder, say
        ignore = context / ".dockerignore"
        self.ignored = Ignored(ignore.read_text() if ignore.exists() else "")
        self.stages: dict[str, Image] = {}
        self.arguments: dict[str, str] = {}

    def build(self, text: str) -> Image:
        """Replay all stages; return the last. Raises NotReplayedError, AssertionError."""
        image = None
        for number, stage in enumerate(read(text)):
            name = stage.name or str(number)
            image = self.begin(stage, self.folder / name)
            self.stages[name] = image
            for step, rest in stage.steps:
                begun = time.monotonic()
                image = self.replay(image, step, rest)
                self.say(f"  {name:<8} {step:<11} {time.monotonic() - begun:5.1f} s  {rest[:60]}")
            self.stages[name] = image
        assert image is not None
        return image

    def begin(self, stage: Stage, folder: Path) -> Image:
        """Begin with the base, or with an earlier stage."""
        self.arguments = {}
        earlier = self.stages.get(stage.base)
        source = earlier.root if earlier else base(stage.base)
        copy_tree(source, folder)
        if earlier:
            return replace(earlier, root=folder, env=dict(earlier.env))
        return Image(folder, {"PATH": PATH})

    def replay(self, image: Image, step: str, rest: str) -> Image:
        """Do one step; return what the image is then."""
        known = {**self.arguments, **image.env}
        if step in {"RUN", "COPY"}:
            getattr(self, f"do_{step.lower()}")(image, rest)
            return image
        if step == "ARG":
            name, _equals, value = filled_in(rest, known).partition("=")
            self.arguments[name] = value
            return image
        changes = self.settings(image, step, rest, known)
        if "workdir" in changes:
            inside(image, changes["workdir"]).mkdir(parents=True, exist_ok=True)
        return replace(image, **changes)

    def settings(self, image: Image, step: str, rest: str, known: dict[str, str]) -> dict[str, Any]:
        """Return what a step that runs nothing changes."""
        if step in {"EXPOSE", "LABEL"}:
            return {}
        if step == "ENV":
            return {"env": {**image.env, **pairs(filled_in(rest, known))}}
        if step == "WORKDIR":
            return {"workdir": os.path.join(image.workdir, filled_in(rest, known))}  # noqa: PTH118
        if step == "STOPSIGNAL":
            return {"stop_signal": signal.Signals[rest]}
        if step == "HEALTHCHECK":
            return {"health": health(rest)}
        names = {"USER": "user", "CMD": "command", "ENTRYPOINT": "entrypoint"}
        return {names[step]: filled_in(rest, known) if step == "USER" else command(rest)}

    def do_run(self, image: Image, rest: str) -> None:
        """Run it in the image's folder."""
        run_step(image, command(rest), self.arguments)

    def do_copy(self, image: Image, rest: str) -> None:
        """Copy from the context, of what is not ignored, or from a stage."""
        words = rest.split()
        options = [word for word in words if word.startswith("--")]
        *sources, target = [word for word in words if not word.startswith("--")]
        place = inside(image, target)
        if options == []:
            for source in sources:
                self.copy_context(source, place, is_folder=target.endswith(("/", ".")))
            return
        [option] = options
        name = option.removeprefix("--from=")
        if name == option or name not in self.stages:
            raise NotReplayedError(f"COPY {rest}")
        for source in sources:
            copy_tree(inside(self.stages[name], source), place)

    def copy_context(self, source: str, place: Path, *, is_folder: bool) -> None:
        """Copy a file or what is in a folder; all of it belongs to root then."""
        found = self.context / source
        if found.is_dir():
            below = [path for path in self.ignored.files_of(self.context) if _is_in(path, source)]
            copies = [(path, place / os.path.relpath(path, source)) for path in below]
        elif source in self.ignored:
            raise NotReplayedError(f"COPY {source}: .dockerignore keeps it away")
        else:
            copies = [(source, place / found.name if is_folder else place)]
        for path, target in copies:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.context / path, target, follow_symlinks=False)
            os.chown(target, 0, 0, follow_symlinks=False)


def _is_in(path: str, folder: str) -> bool:
    return folder in {".", "./"} or path.startswith(f"{folder.rstrip('/')}/")


def inside(image: Image, path: str) -> Path:
    """Return a path of the image as ours; one that is not whole begins where the image works."""
    whole = os.path.normpath(os.path.join(image.workdir, path))  # noqa: PTH118
    return image.root / whole.lstrip("/")


def copy_tree(source: Path, target: Path) -> None:
    """Copy what is in a folder, with owners and rights."""
    target.mkdir(parents=True, exist_ok=True)
    copy = ["cp", "-a", "--reflink=auto", f"{source}/.", str(target)]
    subprocess.run(copy, check=True)
