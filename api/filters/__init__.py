"""Which parameters the lists take, and what each of them picks out."""

from api.filters.machinery import By, Filtering, StrictFilterSet, parameters_of, read_form
from api.filters.pledges import PledgeChoice, PledgeFilters
from api.filters.reference import ArticleFilters, DatasetFilters, PartyFilters, RateFilters
from api.filters.sanctions import SANCTION_ACTIONS, DesignationFilters, MeasureFilters, ProgrammeFilters
from pledges.totals import has_words

__all__ = [
    "SANCTION_ACTIONS",
    "ArticleFilters",
    "By",
    "DatasetFilters",
    "DesignationFilters",
    "Filtering",
    "MeasureFilters",
    "PartyFilters",
    "PledgeChoice",
    "PledgeFilters",
    "ProgrammeFilters",
    "RateFilters",
    "StrictFilterSet",
    "has_words",
    "parameters_of",
    "read_form",
]
