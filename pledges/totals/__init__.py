"""Totals of what is pledged: see ``pledges.totals.answering``."""

from pledges.totals.answering import Row, TooManyRowsError, Totals, totals
from pledges.totals.asking import BY_SOURCE, MEMBERS, OURS, VALUE_BASES, Question
from pledges.totals.bounding import TooSlowError, at_most, bounded
from pledges.totals.choosing import STAGES_REACHED, Filters, has_words, lines_of
from pledges.totals.dimensions import DIMENSIONS, PERIODS, Dimension, Key, PartyKey
from pledges.totals.fulfilling import Fulfilment
from pledges.totals.memberships import AT_DATE, MEMBERSHIP, TODAY
from pledges.totals.relating import Relative
from pledges.totals.walking import FROZEN

CURRENCIES = FROZEN

__all__ = [
    "AT_DATE",
    "BY_SOURCE",
    "CURRENCIES",
    "DIMENSIONS",
    "MEMBERS",
    "MEMBERSHIP",
    "OURS",
    "PERIODS",
    "STAGES_REACHED",
    "TODAY",
    "VALUE_BASES",
    "Dimension",
    "Filters",
    "Fulfilment",
    "Key",
    "PartyKey",
    "Question",
    "Relative",
    "Row",
    "TooManyRowsError",
    "TooSlowError",
    "Totals",
    "at_most",
    "bounded",
    "has_words",
    "lines_of",
    "totals",
]
