"""Short ways to use the admin's pages in tests as a browser does: read a page's form, change fields, send it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from reference.dates import When, write_when


def client_of(name: str = "editor", *permissions: str, everything: bool = False) -> Client:
    """A logged-in staff member with the given permissions, such as ``pledges.change_pledge``."""
    user, _ = get_user_model().objects.get_or_create(username=name, defaults={"is_staff": True})
    user.is_superuser = everything
    user.save()
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client = Client()
    client.force_login(user)
    return client


def fields_of(page: Any) -> dict[str, Any]:
    """What the page's form would send if nothing were touched."""
    context = page.context
    data = _fields(context["adminform"].form)
    for table in context["inline_admin_formsets"]:
        data |= _fields(table.formset.management_form)
        for form in table.formset.forms:
            data |= _fields(form)
    return data


def _fields(form: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if isinstance(value, When):
            value = write_when(value)
        if value is not None and value is not False:
            found[field.html_name] = value
    return found


def row(data: dict[str, Any], table: str, **fields: Any) -> dict[str, Any]:
    """The fields with one more row in a table."""
    total = int(data[f"{table}-TOTAL_FORMS"])
    new = {f"{table}-{total}-{name}": value for name, value in fields.items()}
    return {**data, **new, f"{table}-TOTAL_FORMS": total + 1}


def text_of(page: Any) -> str:
    """What a reader sees of a page, blanks drawn together."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())).replace("&quot;", '"')


def errors_of(page: Any) -> dict[str, list[str]]:
    """The page's errors by the field, or the table, at which they stand."""
    context = page.context
    found = {name: list(errors) for name, errors in context["adminform"].form.errors.items()}
    for table in context["inline_admin_formsets"]:
        if table.formset.non_form_errors():
            found[table.formset.prefix] = list(table.formset.non_form_errors())
        for form in table.formset.forms:
            found |= {f"{form.prefix}-{name}": list(errors) for name, errors in form.errors.items()}
    return found


def messages_of(page: Any) -> list[str]:
    """The messages at the head of a page."""
    context = page.context
    return [str(message) for message in context["messages"]]


def queries_of(ask: Callable[[], Any], counting: Any) -> int:
    """How many queries a request takes."""
    with counting as captured:
        ask()
    return len(captured)
