"""An organisation leaves for another region, and its old address says where it went."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the table of those that went, and the kind of work that prepares it."""

    dependencies = [("tenants", "0028_anchored_seals")]
    operations = [
        migrations.CreateModel(
            "MovedAway",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(unique=True)),
                ("id_hash", models.CharField(max_length=64, unique=True)),
                ("region", models.CharField(max_length=20)),
                ("moved_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AlterField(
            "operation",
            "kind",
            models.CharField(
                choices=[
                    ("export", "Export"),
                    ("import", "Import"),
                    ("erase", "Erase"),
                    ("move", "Move"),
                    ("leave", "Leave"),
                ],
                max_length=10,
            ),
        ),
    ]
