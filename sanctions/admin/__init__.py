"""The admin pages of the sanctions room."""

from sanctions.admin import measure, regimes

__all__ = ["measure", "regimes"]
