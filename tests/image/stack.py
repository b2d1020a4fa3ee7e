"""The services of docker-compose.yml, each in a container of ours, in a network of their own."""

import json
import signal
import subprocess
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tests.image.compose import Service, services
from tests.image.containers import Container, Image, Limits
from tests.image.dockerfile import Health
from tests.image.standins import Mail, Postgres, Redis, wait

START = 120.0
HOSTS = "127.0.0.1 localhost\n127.0.0.1 {}\n"


class Stack:
    """Starts them in the order of Compose, and stops them the other way round."""

    def __init__(self, folder: Path, images: dict[str, Image], say: Callable[[str], None]) -> None:
        self.folder, self.images, self.say = folder, images, say
        self.services = services(folder / ".env")
        self.running: dict[str, Container] = {}
        self.others: dict[str, Postgres | Redis] = {}
        self.hosts = folder / "hosts"
        self.hosts.write_text(HOSTS.format(" ".join([*self.services, "mail"])))
        self.mail = Mail(folder)

    def start(self) -> None:
        """Start each as soon as what it needs is as it must be."""
        for service in self.services.values():
            for name, condition in service.waits_for.items():
                self.await_condition(name, condition)
            self.start_one(service)

    def start_one(self, service: Service) -> None:
        """Start one."""
        if service.name == "postgres":
            server = self.others["postgres"] = Postgres(service, self.folder)
            server.start()
        elif service.name == "redis":
            self.others["redis"] = Redis(service, self.folder)
        else:
            self.running[service.name] = self.container(service)
        self.say(f"  {service.name} is started")

    def container(self, service: Service) -> Container:
        """Return the container of a service, running."""
        image = self.images[service.told["image"]]
        volumes = [f"{self.volume(image, *pair)}:{pair[1]}" for pair in service.volumes.items()]
        told = service.told
        limits = Limits(
            read_only=told.get("read_only", False),
            tmpfs=tuple(told.get("tmpfs", ())),
            binds=(f"{self.hosts}:/etc/hosts:ro", *volumes),
            user=told.get("user", ""),
        )
        words = [*image.entrypoint, *(service.command or image.command)]
        log = self.folder / f"{service.name}.log"
        return Container(image, service.env, limits, words, log)

    def volume(self, image: Image, name: str, place: str) -> Path:
        """Return the folder of a volume; a new one begins as the image has it, with its owner."""
        folder = self.folder / "volumes" / name
        if not folder.exists():
            folder.parent.mkdir(exist_ok=True)
            subprocess.run(["cp", "-a", f"{image.root}{place}", str(folder)], check=True)
        return folder

    def await_condition(self, name: str, condition: str) -> None:
        """Wait until a service is what another one needs."""
        if condition == "service_completed_successfully":
            one = self.running[name]
            wait(lambda: one.status is not None, f"the end of {name}", START)
            assert one.status == 0, f"{name} ended with {one.status}:\n{one.said()}"
        else:
            assert condition == "service_healthy", condition
            self.await_health(name)

    def await_health(self, name: str) -> None:
        """Wait until a service says that it is well."""
        if name in self.others:
            wait(self.others[name].is_well, f"the health of {name}")
            return
        one, health = self.running[name], self.health_of(name)
        assert health.command, f"{name} is asked for its health and has no check"
        try:
            seconds = wait(lambda: one.is_well(health) or one.status is not None, name, START)
        except AssertionError:
            raise AssertionError(f"{name} does not get well:\n{one.said()}") from None
        assert one.status is None, f"{name} ended with {one.status}:\n{one.said()}"
        self.say(f"  {name} is well after {seconds:.1f} s")

    def health_of(self, name: str) -> Health:
        """How a service is asked."""
        service = self.services[name]
        return service.health(self.images[service.told["image"]].health)

    def await_all(self) -> None:
        """Wait for everything that has a health check, and for the end of what ends."""
        for name in self.running:
            if self.health_of(name).command:
                self.await_health(name)
        for name, one in self.running.items():
            assert one.status is None or name == "migrate", f"{name} ended:\n{one.said()}"

    def stop(self) -> list[str]:
        """Stop them as `docker compose down` does; return what did not end well."""
        bad = []
        for name, one in reversed(self.running.items()):
            if one.status is not None:
                continue
            grace = self.services[name].grace
            status, seconds = one.stop(grace)
            self.say(f"  {name} ended with {status} after {seconds:.1f} s (of {grace:.0f} s)")
            if status:
                bad.append(f"{name} ended with {status}:\n{one.said()}")
        for other in reversed(self.others.values()):
            assert other.stop() == 0
        self.mail.stop()
        return bad

    def writable(self, name: str) -> list[str]:
        """Return where a container can write, of all its folders that are not the kernel's."""
        look = (
            "find / -xdev -type d -writable 2>/dev/null; "
            "for d in /tmp /keys /var/office; do test -w $d && echo $d; done"
        )
        found = self.running[name].execute(["sh", "-c", look]).stdout.split()
        return sorted({path for path in found if not path.startswith(("/proc", "/dev"))})


def write_images(path: Path, images: dict[str, Image]) -> None:
    """Keep what images are for another process."""
    told = {
        name: {**asdict(one), "root": str(one.root), "stop_signal": one.stop_signal.value}
        for name, one in images.items()
    }
    path.write_text(json.dumps(told))


def read_images(path: Path) -> dict[str, Image]:
    """Read them."""
    found = json.loads(path.read_text())
    for one in found.values():
        health = one.pop("health")
        one["health"] = Health(**{**health, "command": tuple(health["command"])})
        one["root"], one["stop_signal"] = Path(one["root"]), signal.Signals(one["stop_signal"])
    return {name: Image(**one) for name, one in found.items()}
