from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# PostgreSQL puts nulls first where newest come first; SQLite puts them last and needs no index of its own for it.
NEWEST_FIRST = (
    "CREATE INDEX pledge_newest_first ON pledges_pledge "
    "(state, dataset_id, announced_latest DESC NULLS LAST, id DESC)"
)


def add_newest_first(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(NEWEST_FIRST)


def remove_newest_first(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX IF EXISTS pledge_newest_first")


class Migration(migrations.Migration):
    dependencies = [("pledges", "0006_suspended_in_cells")]

    operations = [
        migrations.AddIndex(
            model_name="pledge",
            index=models.Index(
                fields=["package"], name="parts_of_a_package", condition=models.Q(package__isnull=False)
            ),
        ),
        migrations.AddIndex(
            model_name="pledge",
            index=models.Index(
                fields=["supersedes"], name="successors_of_a_pledge", condition=models.Q(supersedes__isnull=False)
            ),
        ),
        migrations.AddIndex(
            model_name="pledge",
            index=models.Index(fields=["state", "dataset", "-published_at", "-id"], name="pledge_by_publication"),
        ),
        migrations.AddIndex(
            model_name="totalline",
            index=models.Index(
                fields=["dataset", "announced_on"],
                name="current_lines_by_day",
                condition=models.Q(until__isnull=True, left_out=""),
            ),
        ),
        migrations.RunPython(add_newest_first, remove_newest_first),
    ]
