"""A real S3-compatible server on the loopback: moto, in a process of its own."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from time import sleep
from typing import Any
from uuid import uuid4

import boto3
import pytest

REGION, KEY, SECRET = "eu-central-1", "key-of-the-tests", "secret-of-the-tests"


def free_port() -> int:
    with closing(socket.socket()) as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


@contextmanager
def s3_server() -> Iterator[str]:
    """Give the address of a server that holds nothing yet."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", port]
    server = subprocess.Popen([*map(str, command)], stderr=subprocess.DEVNULL)
    try:
        for _try in range(480):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
            except OSError:
                sleep(0.25)
            else:
                break
        else:
            pytest.fail("moto does not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def new_bucket(endpoint: str, *, keeps_versions: bool = False) -> Any:
    """Make a bucket, seen by a client of its own."""
    found = boto3.resource(
        "s3",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )
    bucket = found.Bucket(f"office-{uuid4().hex[:12]}")
    bucket.create(CreateBucketConfiguration={"LocationConstraint": REGION})
    if keeps_versions:
        bucket.Versioning().enable()
    return bucket


def storages_with(before: dict[str, Any], endpoint: str, bucket: str) -> dict[str, Any]:
    """Return STORAGES with the documents in this bucket."""
    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint,
        "region_name": REGION,
        "access_key": KEY,
        "secret_key": SECRET,
    }
    return {**before, "documents": {"BACKEND": "tenants.buckets.Bucket", "OPTIONS": options}}


def contents(bucket: Any) -> dict[str, bytes]:
    """Return what lies in the bucket, by its whole name."""
    return {each.key: each.get()["Body"].read() for each in bucket.objects.all()}
