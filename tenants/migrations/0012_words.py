"""What full-text search needs in `public`: the words of a text of any length."""

from django.db import migrations

# PostgreSQL keeps a megabyte of different words and places at most: of a text with more, as much
# as fits is found. The title weighs more.
WORDS = """
CREATE FUNCTION public.office_words(title text, body text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    heading tsvector := setweight(to_tsvector('pg_catalog.english', title), 'A');
    letters int;
BEGIN
    FOREACH letters IN ARRAY ARRAY[500000, 300000, 150000] LOOP
        BEGIN
            RETURN heading || to_tsvector('pg_catalog.english', left(body, letters));
        EXCEPTION WHEN program_limit_exceeded THEN
            NULL;
        END;
    END LOOP;
    RETURN heading;
END
$$;
"""


class Migration(migrations.Migration):
    """Make the function; the apps' own migrations use it."""

    dependencies = [("tenants", "0011_account_entries")]
    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION public.office_words(text, text)"),
    ]
