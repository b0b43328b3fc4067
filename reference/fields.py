"""A decimal field that is exact on every database.

SQLite keeps only 15 digits of a number with a decimal point. The field stores a text of fixed decimals there and a
``numeric`` on PostgreSQL, so that an amount comes back as it was written. On SQLite, comparing by size is good for
sign and range checks only, and sums must not be made in SQL: totals add integers in minor units.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    _DecimalField = models.DecimalField[Any, Any]
else:
    _DecimalField = models.DecimalField


class ExactDecimalField(_DecimalField):
    """A decimal of ``max_digits`` digits, ``decimal_places`` of them after the point, kept without loss."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """``text`` on SQLite, ``numeric`` elsewhere."""
        return "text" if connection.vendor == "sqlite" else f"numeric({self.max_digits}, {self.decimal_places})"

    def get_internal_type(self) -> str:
        """A name of its own, so that SQLite's conversion of decimals by way of floats is not applied."""
        return "ExactDecimalField"

    def cast_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """The same type in a CAST."""
        return self.db_type(connection)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """A text of fixed decimals for SQLite, so that equal amounts are equal texts."""
        if connection.vendor != "sqlite":
            return super().get_db_prep_value(value, connection, prepared)
        if value is None or hasattr(value, "as_sql"):
            return value
        return self._fixed(value)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """As for a comparison: the stored form is one and the same."""
        if connection.vendor != "sqlite":
            return super().get_db_prep_save(value, connection)
        return self.get_db_prep_value(value, connection)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Decimal | None:
        """A Decimal with the field's own number of decimals, from either database."""
        return None if value is None else Decimal(self._fixed(value))

    def _fixed(self, value: Any) -> str:
        number = self.to_python(value)
        if number is None:
            raise FieldError(f"{self.name} cannot hold {value!r}.")
        return f"{number:.{self.decimal_places}f}"


class _BySize:
    """Compares texts of SQLite as numbers; near enough for the sign and range checks that constraints make."""

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)  # type: ignore[attr-defined]
        right, right_params = self.process_rhs(compiler, connection)  # type: ignore[attr-defined]
        symbol = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}[self.lookup_name]  # type: ignore[attr-defined]
        return f"CAST({left} AS REAL) {symbol} CAST({right} AS REAL)", [*left_params, *right_params]


@ExactDecimalField.register_lookup
class _Greater(_BySize, GreaterThan):
    pass


@ExactDecimalField.register_lookup
class _GreaterOrEqual(_BySize, GreaterThanOrEqual):
    pass


@ExactDecimalField.register_lookup
class _Less(_BySize, LessThan):
    pass


@ExactDecimalField.register_lookup
class _LessOrEqual(_BySize, LessThanOrEqual):
    pass
