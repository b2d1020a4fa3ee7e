"""Handing an archive out over HTTP."""

from django.http import FileResponse

from tenants.operation_models import Operation
from tenants.operations import hand_over


def archive_response(export: Operation) -> FileResponse:
    """Return the archive as a stream that nobody may keep on the way. Raises MissingError."""
    file = hand_over(export=export).open("rb")
    name = f"{export.label}-{export.created_at:%Y-%m-%d}.zip"
    return FileResponse(
        file,
        as_attachment=True,
        filename=name,
        content_type="application/zip",
        headers={"Cache-Control": "no-store"},
    )
