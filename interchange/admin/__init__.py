"""The admin pages of the interchange room: files handed in, and exports of lists."""

from interchange.admin import editions, exporting, file_imports

__all__ = ["editions", "exporting", "file_imports"]
