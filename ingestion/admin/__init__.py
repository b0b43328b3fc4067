"""The staff's view of sources, attempts and articles. Everything that changes goes through the services."""

from ingestion.admin import articles, attempts, sources

__all__ = ["articles", "attempts", "sources"]
