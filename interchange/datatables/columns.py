"""Short ways to say what a column holds, and columns that several tables share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import TextChoices

from interchange.datatables.reading import From, cents_of, codes, or_none
from interchange.writing.tables import Column, Kind


def text(name: str, path: str, title: str, description: str, *, required: bool = False, unique: bool = False) -> From:
    """A text; an empty one is nothing."""
    column = Column(name, Kind.TEXT, title, description, required=required, unique=unique)
    return From(column, path, None if required or not path else or_none)


def code(
    name: str, path: str, title: str, description: str, choices: type[TextChoices], *, required: bool = False
) -> From:
    """A code of a vocabulary."""
    column = Column(name, Kind.CODE, title, description, required=required, vocabulary=codes(choices))
    return From(column, path, None if required or not path else or_none)


def integer(
    name: str, path: str, title: str, description: str, *, required: bool = False, unique: bool = False
) -> From:
    """A whole number, not below zero."""
    return From(Column(name, Kind.INTEGER, title, description, required=required, unique=unique, minimum=0), path)


def decimal(
    name: str, path: str, title: str, description: str, *, unit: str = "", convert: Callable[[Any], Any] | None = None
) -> From:
    """An exact number, not below zero."""
    return From(Column(name, Kind.DECIMAL, title, description, unit=unit, minimum=0), path, convert)


def cents(name: str, path: str, title: str, description: str, currency: str) -> From:
    """An amount that the record keeps in minor units of a currency."""
    return decimal(name, path, title, description, unit=currency, convert=cents_of(currency))


def day(name: str, path: str, title: str, description: str) -> From:
    """A day."""
    return From(Column(name, Kind.DATE, title, description), path)


def moment(name: str, path: str, title: str, description: str) -> From:
    """A moment in UTC."""
    return From(Column(name, Kind.DATETIME, title, description), path)


def truth(name: str, path: str, title: str, description: str) -> From:
    """True or false, always known."""
    return From(Column(name, Kind.BOOLEAN, title, description, required=True), path)


def entries(
    name: str, title: str, description: str, *, path: str = "", choices: type[TextChoices] | None = None
) -> From:
    """A list of texts or codes."""
    return From(
        Column(name, Kind.LIST, title, description, vocabulary=codes(choices) if choices is not None else None), path
    )


VERSION = (
    "Number of the last change of the record that the row belongs to; a corrected row says by it what it builds on."
)


def version(path: str) -> From:
    """On which state of its record a row rests."""
    return integer("version", path, "Version", VERSION, required=True)


def evidence_columns(step: str) -> tuple[From, ...]:
    """What evidence of pledges and of measures has in common; ``step`` is what it may tell of: a move or a step."""
    return (
        integer(step, f"{step}_id", step.title(), f"The {step} that it tells of, if one."),
        text("url", "url", "Address", "Where it can be read: its own address, or that of the article."),
        text("quote", "quote", "Quote", "The words that say so; empty for a row of an imported dataset."),
        text("publisher", "publisher", "Publisher", "Who published it."),
        day("published_on", "published_on", "Published", "Day of publication."),
        truth("official", "official", "Official", "Whether it speaks for the party concerned."),
        integer("article", "revision__article_id", "Article", "Number of the article in the tracker."),
        integer("revision", "revision__number", "Revision", "Which revision of the article's text is quoted."),
        integer("start", "start", "Start", "Where the quote begins in that text, in code points from 0."),
        integer("end", "end", "End", "Where it ends: the first code point after it."),
        text("dataset_row", "dataset_row", "Dataset row", "Sheet and row of an imported dataset."),
    )
