"""Finishes the generated description: tables are texts, records can be told in part, and all has examples."""

from __future__ import annotations

from typing import Any

from api.answers import add_examples
from api.formats import TABLES

TABLE_TYPES = {str(one.media_type) for one in TABLES[1:]}


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The description with what the generator cannot know."""
    schemas = result["components"]["schemas"]
    _anything_may_be_null(result)
    for path, operations in result["paths"].items():
        for operation in operations.values():
            for response in operation["responses"].values():
                _tables_are_texts(response.get("content", {}))
            if any(parameter["name"] == "fields" for parameter in operation.get("parameters", [])):
                _in_part(operation["responses"]["200"]["content"]["application/json"], schemas)
            add_examples(path, operation)
    return result


def _anything_may_be_null(part: Any) -> None:
    """What may be anything may be null, once: two schemas that both allow it are one too many for ``oneOf``."""
    if isinstance(part, dict):
        if sorted(part.get("oneOf", []), key=len) == [{}, {"type": "null"}]:
            del part["oneOf"]
        for one in part.values():
            _anything_may_be_null(one)
    elif isinstance(part, list):
        for one in part:
            _anything_may_be_null(one)


def _tables_are_texts(content: dict[str, Any]) -> None:
    for media_type in TABLE_TYPES & set(content):
        binary = "sheet" in media_type
        content[media_type] = {"schema": {"type": "string", **({"format": "binary"} if binary else {})}}


def _in_part(media: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Records, alone or in a list, as a whole or with the members that ``fields`` names."""
    name = media["schema"]["$ref"].rsplit("/", 1)[-1]
    page = schemas[name].get("properties", {}).get("results")
    if page is None:
        media["schema"] = _either(name, schemas)
    elif "$ref" in page["items"]:
        page["items"] = _either(page["items"]["$ref"].rsplit("/", 1)[-1], schemas)


def _either(name: str, schemas: dict[str, Any]) -> dict[str, Any]:
    part = f"{name}Part"
    whole = schemas[name]
    schemas.setdefault(
        part,
        {
            "type": "object",
            "description": f"{whole.get('description', '').strip()}\n\nOnly with the members that `fields` asks for.",
            "properties": whole["properties"],
            "minProperties": 1,
        },
    )
    return {"anyOf": [{"$ref": f"#/components/schemas/{one}"} for one in (name, part)]}
