"""Files out: tables that say what their columns mean, and writers of CSV, NDJSON and XLSX that need constant memory."""

from interchange.writing.csv_lines import csv_lines
from interchange.writing.ndjson_lines import ndjson_lines
from interchange.writing.tables import Column, ForeignKey, Kind, Row, Table
from interchange.writing.xlsx import write_xlsx

__all__ = ["Column", "ForeignKey", "Kind", "Row", "Table", "csv_lines", "ndjson_lines", "write_xlsx"]
