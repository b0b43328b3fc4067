"""The admin pages of the pledges room."""

from pledges.admin import keeping, pledge

__all__ = ["keeping", "pledge"]
