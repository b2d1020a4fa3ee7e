"""What the engine for many channels notes about a message."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add columns, and two ways in which a try can end."""

    dependencies = [
        ("messaging", "0002_due_instant_trigger"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingmessage",
            name="brief",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="outgoingmessage",
            name="hold_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="outgoingmessage",
            name="in_doubt_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="outgoingmessage",
            name="instead_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="substitutes",
                to="messaging.outgoingmessage",
            ),
        ),
        migrations.AddField(
            model_name="outgoingmessage",
            name="not_before",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="outgoingmessage",
            name="resends",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="outgoingmessage",
            name="uncounted",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="outgoingmessage",
            name="urgent",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="deliveryattempt",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("running", "Running"),
                    ("sent", "Sent"),
                    ("unavailable", "Unavailable"),
                    ("throttled", "Throttled"),
                    ("refused", "Refused"),
                    ("interrupted", "Interrupted"),
                    ("unknown", "Unknown"),
                ],
                default="running",
                max_length=12,
            ),
        ),
    ]
