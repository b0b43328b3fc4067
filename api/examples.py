"""Examples of answers, shown in the documentation and held against the schema by a test."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

from api.problems import KIND, MEDIA_TYPE

_SUMS = {
    "count": 1,
    "valued_count": 1,
    "unvalued_count": 0,
    "unconverted_count": 0,
    "amount": {"low": "110000000.00", "central": "110000000.00", "high": "110000000.00", "high_open": 0},
    "stated": "110000000.00",
    "estimated": "0.00",
    "up_to": "0.00",
    "suspended": "0.00",
    "by_finance_type": {"unspecified": "110000000.00"},
}

TOTALS = OpenApiExample(
    "By donor and type",
    summary="?group_by=donor,type",
    response_only=True,
    status_codes=["200"],
    value={
        "meta": {
            "dataset": "tracker",
            "currency": "EUR",
            "group_by": ["donor", "type"],
            "filters": {},
            "value_basis": "ours",
            "rates": None,
            "relative_to": None,
            "as_of": None,
            "generated_at": "2022-03-10T12:00:00Z",
            "rate_basis": "ECB reference rate of the latest announcement day, …",
            "messages": ["3 pledges have no stated value: they are counted, not summed."],
        },
        "results": [{"donor": {"code": "IT", "name": "Italy"}, "type": "financial", **_SUMS}],
        "total": {**_SUMS, "count": 4, "unvalued_count": 3},
    },
)

SANCTIONS_TOTALS = OpenApiExample(
    "By imposer and measure",
    summary="?group_by=imposer,measure",
    response_only=True,
    status_codes=["200"],
    value={
        "meta": {
            "dataset": "tracker",
            "day": "2022-03-10",
            "group_by": ["imposer", "measure"],
            "filters": {},
            "as_of": None,
            "generated_at": "2022-03-10T12:00:00Z",
            "messages": ["Measures are counted, not designations (names on lists) and not programmes (legal regimes)."],
        },
        "results": [
            {
                "imposer": {"code": "EU", "name": "European Union"},
                "measure": "asset_freeze",
                "count": 1,
                "in_force_count": 1,
                "not_adopted_count": 0,
            }
        ],
        "total": {"count": 1, "in_force_count": 1, "not_adopted_count": 0},
    },
)

WRONG_CURRENCY = OpenApiExample(
    "A currency that is not given",
    summary="?currency=UAH",
    response_only=True,
    media_type=MEDIA_TYPE,
    status_codes=["400"],
    value={
        "type": f"{KIND}wrong-parameter",
        "title": "Wrong parameter",
        "status": 400,
        "detail": "currency: “UAH” is not allowed. Allowed: AUD, BGN, BRL, …",
        "instance": "/api/v1/totals/",
        "errors": [
            {
                "parameter": "currency",
                "value": "UAH",
                "detail": "currency: “UAH” is not allowed. Allowed: AUD, BGN, BRL, …",
                "allowed": ["AUD", "BGN", "BRL"],
            }
        ],
    },
)
