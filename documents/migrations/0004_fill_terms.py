"""What stands in the postings, packed: eight bytes for each chunk."""

from django.db import migrations

FILL = """
INSERT INTO documents_term (term, revision_id, postings)
SELECT term, revision_id,
    string_agg(substr(int8send(chunk), 5) || int2send(times) || int2send(length), '' ORDER BY chunk)
FROM documents_posting GROUP BY term, revision_id;
"""
BACK = """
INSERT INTO documents_posting (term, revision_id, chunk, times, length)
SELECT term, revision_id,
    ('x' || encode(substr(postings, 8 * n + 1, 4), 'hex'))::bit(32)::bigint,
    ('x' || encode(substr(postings, 8 * n + 5, 2), 'hex'))::bit(16)::int::smallint,
    ('x' || encode(substr(postings, 8 * n + 7, 2), 'hex'))::bit(16)::int::smallint
FROM documents_term, generate_series(0, octet_length(postings) / 8 - 1) n;
DELETE FROM documents_term;
"""


class Migration(migrations.Migration):
    """Fill the new table; the way back fills the old one."""

    dependencies = [("documents", "0003_terms")]

    operations = [migrations.RunSQL(FILL, BACK)]
