"""Small files of ours go over the wire as one, and a browser that has it does not ask again."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from whitenoise.storage import CompressedManifestStaticFilesStorage

from common.joining import JoinedFinder
from config.page_middleware import Files


@pytest.fixture(autouse=True)
def elsewhere(settings, tmp_path):
    """A folder of its own for what is joined."""
    settings.VAR_DIR = tmp_path / "var"


@pytest.mark.parametrize("path", settings.JOINED)
def test_the_parts_stand_in_it_one_after_the_other(path):
    whole = Path(JoinedFinder().find(path)).read_text()
    parts = [Path(finders.find(part)).read_text() for part in settings.JOINED[path]]
    assert len(parts) > 1
    assert whole == "\n".join(parts)


def test_each_look_of_ours_is_a_part_of_it(settings):
    found = {path.name for path in Path(finders.find("css/tokens.css")).parent.glob("*.css")}
    joined = {Path(part).name for part in settings.JOINED["css/office.css"]}
    # The consoles have a theme of their own.
    assert found - joined == {"console.css"}


def test_a_part_that_changed_is_there_at_once_and_one_that_is_missing_is_told(settings):
    settings.JOINED = {"css/office.css": ("css/app.css",)}
    finder = JoinedFinder()
    before = Path(finder.find("css/office.css")).read_text()
    settings.JOINED = {"css/office.css": ("css/app.css", "css/print.css")}
    after = Path(finder.find("css/office.css")).read_text()
    assert after.startswith(before)
    assert len(after) > len(before)
    assert not finder.find("css/app.css")
    settings.JOINED = {"css/office.css": ("css/nowhere.css",)}
    with pytest.raises(FileNotFoundError):
        finder.find("css/office.css")


def test_what_is_collected_is_packed_and_kept_for_good(settings, tmp_path):
    settings.STATIC_ROOT, settings.WHITENOISE_USE_FINDERS = tmp_path / "static", False
    settings.WHITENOISE_AUTOREFRESH = False
    storage = CompressedManifestStaticFilesStorage(settings.STATIC_ROOT, "/static/")
    collected = {}
    for path, source in JoinedFinder().list(None):
        with source.open(path) as file:
            storage.save(path, file)
        collected[path] = (storage, path)
    list(storage.post_process(collected))
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {
            "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
            "OPTIONS": {"location": settings.STATIC_ROOT, "base_url": "/static/"},
        },
    }
    served = Files().files
    for path in collected:
        address = storage.url(path)
        assert address != f"/static/{path}"
        answer = served[address].get_response("GET", {"HTTP_ACCEPT_ENCODING": "gzip"})
        headers = dict(answer.headers)
        assert headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert headers["Content-Encoding"] == "gzip"
        with answer.file as file:
            packed = file.read()
        assert gzip.decompress(packed) == Path(JoinedFinder().find(path)).read_bytes()
        assert len(packed) < 22 * 1024
