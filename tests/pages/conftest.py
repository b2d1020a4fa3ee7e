"""What the tests of pages share."""

import re

import pytest
from django.test import Client

from tests.conftest import PASSWORD

HTMX = {"HTTP_HX_REQUEST": "true"}
# The consoles' theme has styles in its pages, and no code either.
CODE = r"<script(?![^>]*\ssrc=)|\son[a-z]+=|\shx-on|javascript:"
INLINE_CODE = re.compile(CODE, re.IGNORECASE)
INLINE = re.compile(rf"<style|\sstyle=|{CODE}", re.IGNORECASE)


@pytest.fixture
def visitor(db) -> Client:
    """Somebody at the front door of the shared host."""
    return Client(HTTP_HOST="localhost", raise_request_exception=False)


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str):
    return client.post("/sign-in", {"username": email, "password": password, **more})


def text_of(response) -> str:
    """What the page says, its tags taken out."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def group_of(response, key: str) -> list[str]:
    """The titles in one group of the Today page."""
    desk = response.context["desk"]
    groups = {group.key: group for group in [*desk.groups, desk.given]}
    return [row.task.title for row in groups[key].rows]
