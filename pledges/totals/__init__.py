"""Totals of what is pledged: see ``pledges.totals.answering``."""

from pledges.totals.answering import BY_SOURCE, CURRENCIES, OURS, VALUE_BASES, Row, Totals, totals
from pledges.totals.choosing import Filters, lines_of
from pledges.totals.dimensions import DIMENSIONS, PERIODS, Dimension, Key, PartyKey

__all__ = [
    "BY_SOURCE",
    "CURRENCIES",
    "DIMENSIONS",
    "OURS",
    "PERIODS",
    "VALUE_BASES",
    "Dimension",
    "Filters",
    "Key",
    "PartyKey",
    "Row",
    "Totals",
    "lines_of",
    "totals",
]
