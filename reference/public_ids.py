"""Public ids of records: short, stable, never reused, and telling nothing about how many records there are."""

from __future__ import annotations

import secrets
from collections.abc import Callable

# No vowels, so that no words come about; no 0, 1 or look-alikes, so that ids can be read out loud.
ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8


def new_public_id(prefix: str, taken: Callable[[str], bool]) -> str:
    """A fresh id such as P7K3QX2MD: one letter for the kind of record, then eight random characters.

    ``taken`` tells whether a record has the id already; of a million records one or two would otherwise meet.
    """
    while True:
        public_id = prefix + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if not taken(public_id):
            return public_id
