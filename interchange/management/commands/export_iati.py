"""``manage.py export_iati FILE``: the published pledges as activities of IATI 2.03."""

from interchange.iati.writing import write_activities
from interchange.management.publishing import ExportCommand


class Command(ExportCommand):
    """Writes the activities of one state of the record."""

    help = "Write the published pledges as IATI 2.03 activities."
    of = "activities"
    write = staticmethod(write_activities)
