"""``manage.py export_ftm FILE``: the published sanctions as FollowTheMoney entities."""

from interchange.ftm.writing import write_entities
from interchange.management.publishing import ExportCommand


class Command(ExportCommand):
    """Writes the entities of one state of the record, one a line."""

    help = "Write the published sanctions as FollowTheMoney entities, one a line."
    of = "entities"
    write = staticmethod(write_entities)
