"""The AI Office Manager for programs in Python."""

from office_client.api import Client
from office_client.transport import OfficeError

__all__ = ["Client", "OfficeError"]
