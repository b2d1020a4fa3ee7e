"""How much of a file anybody reads."""

MEGABYTE = 1024 * 1024
MOST_BYTES = 25 * MEGABYTE
# Inside a DOCX, which is a zip archive.
MOST_ENTRIES = 2_000
MOST_UNPACKED = 100 * MEGABYTE
MOST_RATIO, SMALL_ENTRY = 150, MEGABYTE
MOST_PAGES = 2_000
MOST_CHARACTERS = 5_000_000
# Of the child that reads: memory in bytes, processor and wall time in seconds.
CHILD_MEMORY = 1024 * MEGABYTE
CHILD_SECONDS = 30
CHILD_PATIENCE = 60
