"""Where the files beside tasks stand in the store."""

from tenants.uploads import Shelf

SHELF = Shelf("task-files")
