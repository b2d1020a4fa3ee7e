"""Host names that operators have entered before lead on as they did.

They get a word to be proved by all the same: the daily look warns until it stands in their DNS.
"""

from django.db import migrations

KEEP = """
UPDATE public.tenants_domain SET verified_at = now(),
    token = replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
WHERE verified_at IS NULL AND token = '';
"""


class Migration(migrations.Migration):
    """Fill the columns."""

    dependencies = [("tenants", "0023_domain_proofs")]
    operations = [migrations.RunSQL(KEEP, migrations.RunSQL.noop)]
