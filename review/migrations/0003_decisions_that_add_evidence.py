from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0002_remember_what_a_merge_added")]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="kind",
            field=models.CharField(
                choices=[
                    ("accept", "Accepted"),
                    ("merge", "Merged into a record"),
                    ("evidence", "Evidence added"),
                    ("reject", "Rejected"),
                    ("reopen", "Reopened"),
                    ("undo", "Undone"),
                ],
                max_length=8,
            ),
        ),
    ]
