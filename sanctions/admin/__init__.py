"""The admin pages of the sanctions room."""

from sanctions.admin import designations, measure, regimes

__all__ = ["designations", "measure", "regimes"]
