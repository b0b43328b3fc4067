"""``manage.py load_figures FILE``: loads yearly figures of parties, which totals can be set in relation to."""

from __future__ import annotations

from reference.figures import load_figures
from reference.management.figures_file import LoadFile


class Command(LoadFile):
    """Adds the figures that are not known yet and corrects those that differ."""

    help = "Load figures from FILE, a CSV table with the columns party,measure,year,value,currency,source."
    load = staticmethod(load_figures)
    what = "figures"
