"""``manage.py load_attribution FILE``: loads the key by which an institution's aid is attributed to its members."""

from __future__ import annotations

from reference.figures import load_attribution
from reference.management.figures_file import LoadFile


class Command(LoadFile):
    """Adds the shares that are not known yet and corrects those that differ."""

    help = (
        "Load an attribution key from FILE, a CSV table with the columns institution,valid_from,member,weight,source. "
        "Weights may be of any size, such as each member's gross national income; their proportion counts."
    )
    load = staticmethod(load_attribution)
    what = "shares"
