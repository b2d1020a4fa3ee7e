"""The tests. What they share lies here and in `conftest.py`, what plays others in `peers`."""

import sys

# While it is imported, `jsonschema` builds a grammar of international addresses, which takes a
# tenth of what collecting all tests does. No schema of ours or of a vendor's asks for their format.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
