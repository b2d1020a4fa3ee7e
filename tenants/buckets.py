"""The files of organisations in one bucket of an S3-compatible store, below their ids.

Objects get no access list of their own, which leaves them to the bucket's owner, and no addresses.
Listings and removals look at older versions too, where the bucket keeps any.
"""

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

from tenants.files import CHUNK
from tenants.stores import StoreAwayError, Stray, require_own

AWAY = "The store of files cannot be reached; it is tried again."
# What is larger would be sent in parts, which stay when we are killed.
ONE_PIECE = 512 * 1024 * 1024
# A store that is near answers at once; one that is away shall not hold a worker for minutes.
PATIENCE: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 30,
    "retries": {"mode": "standard", "total_max_attempts": 2},
    # Others than Amazon know no newer checksums.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


class Bucket(S3Storage):  # type: ignore[misc]  # it carries no types
    """A bucket with a folder for each organisation."""

    is_local = False

    def __init__(self, **options: Any) -> None:
        style = "path" if options.get("endpoint_url") else "auto"
        config = Config(signature_version="s3v4", s3={"addressing_style": style}, **PATIENCE)
        transfer = TransferConfig(multipart_threshold=ONE_PIECE, use_threads=False)
        own = {"default_acl": None, "file_overwrite": True, "gzip": False, "location": ""}
        super().__init__(**own, client_config=config, transfer_config=transfer, **options)

    def _normalize_name(self, name: str) -> str:
        """Hold every call of Django's to the organisation in force."""
        return require_own(name)

    def url(self, *_args: Any, **_options: Any) -> str:
        """Refuse: files are given out by views that ask who wants them."""
        raise NotImplementedError("files of organisations have no address")

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        """Fetch a file into one without a name, which is gone whatever happens to us."""
        with _asking():
            found = self.bucket.Object(self._normalize_name(name)).get()["Body"]
            file = TemporaryFile()  # noqa: SIM115  closed by whoever asked for it
            try:
                shutil.copyfileobj(found, file, CHUNK)
            except BaseException:
                file.close()
                raise
        file.seek(0)
        return File(file, name)

    def _save(self, name: str, content: Any) -> str:
        with _asking():
            super()._save(name, content)
        return name

    def delete(self, name: str) -> None:
        """Remove a file with its older versions; one that is gone already does not matter."""
        with _asking():
            super().delete(name)
            if self._keeps_versions:
                for each in self.bucket.object_versions.filter(Prefix=name):
                    if each.object_key == name:
                        each.delete()

    def walk(self, tenant_id: UUID) -> Iterator[tuple[str, int]]:
        """Give each file of an organisation."""
        with _asking():
            for each in self.bucket.objects.filter(Prefix=f"{tenant_id}/"):
                yield each.key.removeprefix(f"{tenant_id}/"), each.size

    def clear(self, tenant_id: UUID) -> None:
        """Remove all objects below the organisation's id, in all their versions."""
        with _asking():
            self.bucket.objects.filter(Prefix=f"{tenant_id}/").delete()
            if self._keeps_versions:
                self.bucket.object_versions.filter(Prefix=f"{tenant_id}/").delete()

    def left_of(self, tenant_id: UUID) -> int:
        """Return how many objects and versions there are."""
        with _asking():
            place = self.bucket.object_versions if self._keeps_versions else self.bucket.objects
            return sum(1 for _each in place.filter(Prefix=f"{tenant_id}/"))

    def strays(self, living: Collection[str]) -> Iterator[Stray]:
        """Give what lies below no id of these organisations; those are not listed."""
        with _asking():
            pages = self.connection.meta.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket_name, Delimiter="/"):
                keys = [each["Key"] for each in page.get("Contents", [])]
                folders = [each["Prefix"] for each in page.get("CommonPrefixes", [])]
                for folder in folders:
                    if PurePosixPath(folder).name not in living:
                        keys += [each.key for each in self.bucket.objects.filter(Prefix=folder)]
                yield from (Stray(key, self._pieces(key)) for key in keys)

    def _pieces(self, key: str) -> Iterator[bytes]:
        with _asking():
            yield from self.bucket.Object(key).get()["Body"].iter_chunks(CHUNK)

    @property
    def _keeps_versions(self) -> bool:
        return self.bucket.Versioning().status is not None


@contextmanager
def _asking() -> Iterator[None]:
    """Tell a file that is not there from a store that is not."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "NoSuchKey":
            raise FileNotFoundError("there is no such file in the store") from error
        raise StoreAwayError(AWAY) from error
    except (BotoCoreError, Boto3Error) as error:
        raise StoreAwayError(AWAY) from error
