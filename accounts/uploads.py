"""Files in requests of the API: a form with a file, or a text with a name."""

from typing import Any

from rest_framework import serializers

from common.api import StrictSerializer
from common.parsers import UploadParser
from tenants.uploads import MOST_BYTES, Upload

LONGEST_TEXT = 500_000


class FileParser(UploadParser):
    """A form with a file that is no longer than those that people hand in may be."""

    most_bytes = MOST_BYTES


class UploadSerializer(StrictSerializer):
    """A file, or a text with the name that it would have as one."""

    file = serializers.FileField(required=False, allow_empty_file=True)
    filename = serializers.CharField(max_length=255, required=False)
    text = serializers.CharField(required=False, max_length=LONGEST_TEXT, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for one of the two."""
        if ("file" in attrs) == ("text" in attrs):
            raise serializers.ValidationError({"file": "Send a file, or a text with a filename."})
        if "text" in attrs and "filename" not in attrs:
            raise serializers.ValidationError({"filename": "A text needs a name, as leave.md."})
        return attrs


def upload_of(values: dict[str, Any]) -> Upload:
    """Take the file out of the checked body of a request."""
    file = values.pop("file", None)
    if file is not None:
        return Upload(values.pop("filename", file.name), file.chunks())
    return Upload(values.pop("filename"), [values.pop("text").encode()])
