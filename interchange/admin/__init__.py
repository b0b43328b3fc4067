"""The admin pages of the interchange room: files handed in, and exports of lists."""

from interchange.admin import exporting, file_imports

__all__ = ["exporting", "file_imports"]
