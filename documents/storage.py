"""The files of documents: named by their revision alone."""

from tenants.uploads import Shelf

# The folder of each office.
FOLDER = "documents"
SHELF = Shelf(FOLDER)
name_of, store, opened = SHELF.name_of, SHELF.store, SHELF.opened
exists, remove = SHELF.exists, SHELF.remove
