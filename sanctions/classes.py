"""Classes of the Global Sanctions Database, which its users know: each measure type belongs to one."""

from __future__ import annotations

from sanctions.models import MeasureKind as M

CLASSES: dict[str, str] = {
    M.ASSET_FREEZE: "financial",
    M.TRAVEL_BAN: "travel",
    M.ARMS_EMBARGO: "arms",
    M.ARMS_RESTRICTIONS: "arms",
    M.EXPORT_CONTROL: "trade",
    M.IMPORT_RESTRICTIONS: "trade",
    M.FINANCIAL_RESTRICTIONS: "financial",
    M.INVESTMENT_BAN: "financial",
    M.SERVICES_BAN: "trade",
    M.TRANSPORTATION_RESTRICTIONS: "other",
    M.SECTORAL_SANCTIONS: "trade",
    M.DEBARMENT: "other",
    M.AID_SUSPENSION: "financial",
    M.PROHIBITION_TO_SATISFY_CLAIMS: "other",
    M.TRADE_RESTRICTIONS: "trade",
    M.TARIFF: "trade",
    M.PRICE_CAP: "trade",
    M.VISA_RESTRICTIONS: "travel",
    M.MEDIA_BAN: "other",
    M.DIPLOMATIC_MEASURE: "other",
    M.DESIGNATION: "other",
    M.UNSPECIFIED: "other",
}
