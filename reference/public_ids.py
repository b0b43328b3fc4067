"""Public ids of records: short, stable, never reused, and telling nothing about how many records there are."""

from __future__ import annotations

import secrets

# No vowels, so that no words come about; no 0, 1 or look-alikes, so that ids can be read out loud.
ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 7


def new_public_id(prefix: str) -> str:
    """A fresh id such as P7K3QX2M: one letter for the kind of record, then seven random characters."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
