"""What owners of addresses said about messages from the platform's senders."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the table."""

    dependencies = [("tenants", "0012_words")]
    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=10)),
                ("sender", models.CharField(max_length=50)),
                ("address", models.CharField(max_length=254)),
                ("is_given", models.BooleanField()),
                ("source", models.CharField(max_length=16)),
                ("text", models.CharField(max_length=160)),
                ("said_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("channel", "sender", "address"), name="consent_once_per_sender"
                    )
                ],
            },
        ),
    ]
