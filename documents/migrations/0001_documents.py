"""Documents, their files, and the index of what these say."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


KEEP_DUE_INSTANT = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON documents_revision
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('document', 'wake_at');
"""
# A search reads this index and nothing else.
COVER = """
ALTER TABLE documents_posting DROP CONSTRAINT documents_posting_pkey,
    ADD PRIMARY KEY (term, chunk) INCLUDE (revision_id, times, length);
"""


class Migration(migrations.Migration):
    """Make the tables, and attach the function of the tenants app."""

    initial = True

    dependencies = [
        ("tenants", "0002_directory_functions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('title', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('document', 'Document'), ('policy', 'Policy')], default='document', max_length=10)),
                ('visibility', models.CharField(choices=[('private', 'Private'), ('office', 'Office')], default='private', max_length=10)),
                ('status', models.CharField(choices=[('processing', 'Processing'), ('ready', 'Ready'), ('failed', 'Failed')], default='processing', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('newest', models.PositiveIntegerField(default=1)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('number', models.PositiveIntegerField()),
                ('filename', models.CharField(max_length=255)),
                ('format', models.CharField(max_length=10)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('status', models.CharField(choices=[('processing', 'Processing'), ('ready', 'Ready'), ('failed', 'Failed')], default='processing', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('wake_at', models.DateTimeField(blank=True, null=True)),
                ('pages', models.PositiveIntegerField(blank=True, null=True)),
                ('chunks', models.PositiveIntegerField(default=0)),
                ('terms', models.PositiveIntegerField(default=0)),
                ('embedded', models.PositiveIntegerField(default=0)),
                ('steps', models.PositiveIntegerField(default=0)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='documents.document')),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('pk', models.CompositePrimaryKey('term', 'chunk', blank=True, editable=False, primary_key=True, serialize=False)),
                ('term', models.CharField(max_length=64)),
                ('chunk', models.BigIntegerField()),
                ('times', models.PositiveSmallIntegerField()),
                ('length', models.PositiveSmallIntegerField()),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='documents.revision')),
            ],
        ),
        migrations.CreateModel(
            name='Chunk',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField()),
                ('page', models.PositiveIntegerField(null=True)),
                ('heading', models.TextField(blank=True)),
                ('text', models.TextField()),
                ('vector', models.BinaryField(null=True)),
                ('model', models.CharField(blank=True, max_length=60)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='documents.revision')),
            ],
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['-created_at', 'id'], name='document_newest'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('document', 'number'), name='revision_once'),
        ),
        migrations.AddConstraint(
            model_name='chunk',
            constraint=models.UniqueConstraint(fields=('revision', 'position'), name='chunk_once'),
        ),
        migrations.RunSQL(KEEP_DUE_INSTANT, "DROP TRIGGER keep_due_instant ON documents_revision"),
        migrations.RunSQL(COVER, migrations.RunSQL.noop),
    ]
