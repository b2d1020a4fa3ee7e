"""Reading an upload."""

from common.parsers import UploadParser
from documents.reading.limits import MOST_BYTES


class DocumentParser(UploadParser):
    """A form with a file that is no longer than a document may be."""

    most_bytes = MOST_BYTES
