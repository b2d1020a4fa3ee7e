"""What the vendors say of their own interfaces is not passed over in CI."""

import pytest

from tests.peers import specs


@pytest.fixture(autouse=True)
def absent(monkeypatch, tmp_path):
    monkeypatch.setattr(specs, "SPECS", tmp_path)
    specs.spec.cache_clear()
    yield
    specs.spec.cache_clear()


def test_where_they_are_not_there_nothing_is_held_against_them(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    assert specs.spec("slack-web.openapi") is None
    assert specs.vectors("slack") == []


def test_in_ci_they_have_to_be_there(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(FileNotFoundError):
        specs.spec("slack-web.openapi")
    with pytest.raises(FileNotFoundError):
        specs.vectors("slack")
