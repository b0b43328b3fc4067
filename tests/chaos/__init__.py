"""Runs the tracker under faults, on servers of its own, and counts what became of every article: ``make chaos``."""
