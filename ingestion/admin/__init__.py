"""The staff's view of ingestion. Everything that changes goes through the services."""

from ingestion.admin import articles, attempts, backfills, hosts, notices, revisions, sources

__all__ = ["articles", "attempts", "backfills", "hosts", "notices", "revisions", "sources"]
