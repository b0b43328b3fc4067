"""The whole published record as files: data package, workbook, NDJSON, SQLite, IATI, FollowTheMoney.

``editions`` makes and keeps them, ``making`` writes them from one snapshot of the record.
"""
