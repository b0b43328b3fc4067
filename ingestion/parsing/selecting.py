"""Finds the links that a CSS selector means, in one pass over a page, whatever the page and the selector are.

The selector is parsed by cssselect; what it matches is found here and not by XPath, which libxml2 evaluates in a time
that grows with the square of a page, or worse, and cannot be stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import lxml.etree
from cssselect import SelectorError, parse
from cssselect import parser as css

from ingestion.addresses import shorten

MAX_LENGTH = 300
MAX_STEPS = 20
MAX_RULES = 8

Test = Callable[[Any], bool]


class BadSelectorError(ValueError):
    """A selector that cannot be used; its text is a sentence for who wrote it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a selector, such as ``h2.title``, and how it stands to the part before it."""

    combinator: str  # " ", ">", "+" or "~"; empty for the first
    tests: tuple[Test, ...]


Rule = tuple[Step, ...]


def parse_selector(selector: str) -> tuple[Rule, ...]:
    """The rules of a selector, one for each part between commas.

    Elements, ``#id``, ``.class``, ``[attribute]``, ``:not(…)`` of these and all four combinators are understood.
    Raises :class:`BadSelectorError`.
    """
    shown = f"The selector “{shorten(selector, 60)}”"
    if len(selector) > MAX_LENGTH:
        raise BadSelectorError(f"{shown} is longer than {MAX_LENGTH} characters. Give a shorter one.")
    try:
        rules = tuple(tuple(_steps(part.parsed_tree, part.pseudo_element)) for part in parse(selector))
    except SelectorError as error:
        raise BadSelectorError(f"{shown} is no CSS selector ({error}). Write one such as “main h2 a”.") from error
    except NotImplementedError as error:
        raise BadSelectorError(
            f"{shown} uses {error}, which is not supported. Use elements, .class, #id, [attribute] and :not()."
        ) from error
    if len(rules) > MAX_RULES or any(len(rule) > MAX_STEPS for rule in rules):
        raise BadSelectorError(f"{shown} has too many parts. Give a shorter one.")
    return rules


def names_addresses(selector: str) -> bool:
    """Whether a selector itself says where its links lead."""
    return "href" in selector.lower()


def _steps(tree: Any, pseudo_element: object) -> Iterator[Step]:
    if pseudo_element is not None:
        raise NotImplementedError("a pseudo-element")
    if isinstance(tree, css.CombinedSelector):
        yield from _steps(tree.selector, None)
        yield Step(tree.combinator, tuple(_tests(tree.subselector)))
    else:
        yield Step("", tuple(_tests(tree)))


def _tests(tree: Any) -> Iterator[Test]:
    """The tests that an element has to pass for one part."""
    if isinstance(tree, css.Element):
        if tree.namespace:
            raise NotImplementedError("a namespace")
        if tree.element:
            yield _is_named(tree.element.lower())
    elif isinstance(tree, css.Hash):
        yield from _tests(tree.selector)
        yield _has("id", "=", tree.id)
    elif isinstance(tree, css.Class):
        yield from _tests(tree.selector)
        yield _has("class", "~=", tree.class_name)
    elif isinstance(tree, css.Attrib):
        yield from _tests(tree.selector)
        yield _has(tree.attrib.lower(), tree.operator, str(tree.value.value) if tree.value else "")
    elif isinstance(tree, css.Negation):
        yield from _tests(tree.selector)
        yield _fails(tuple(_tests(tree.subselector)))
    else:
        raise NotImplementedError(f"“{tree.canonical().lstrip('*')[:40]}”")


def _is_named(name: str) -> Test:
    return lambda element: element.tag == name


def _fails(tests: tuple[Test, ...]) -> Test:
    return lambda element: not all(test(element) for test in tests)


def _has(attribute: str, operator: str, wanted: str) -> Test:
    comparisons: dict[str, Callable[[str], bool]] = {
        "exists": lambda given: True,
        "=": lambda given: given == wanted,
        "!=": lambda given: given != wanted,
        "~=": lambda given: wanted in given.split(),
        "|=": lambda given: given == wanted or given.startswith(f"{wanted}-"),
        "^=": lambda given: bool(wanted) and given.startswith(wanted),
        "$=": lambda given: bool(wanted) and given.endswith(wanted),
        "*=": lambda given: bool(wanted) and wanted in given,
    }
    compare = comparisons[operator]

    def test(element: Any) -> bool:
        given = element.get(attribute)
        return operator == "!=" if given is None else compare(given)

    return test


@dataclass(slots=True)
class _Place:
    """What is known at one element of the way down: sets of parts that match, as bits, for each rule."""

    own: list[int]  # parts that the element itself matches
    above: list[int]  # that it or one that holds it matches
    last: list[int]  # that its latest child matches
    children: list[int]  # that one of its children so far matches
    inside: bool  # whether the element or one that holds it is selected


def select_links(root: Any, rules: tuple[Rule, ...]) -> Iterator[Any]:
    """The ``a`` elements with an address that the rules select, or that stand inside of what they select."""
    nothing = [0] * len(rules)
    places = [_Place(nothing, nothing, list(nothing), list(nothing), inside=False)]
    for event, element in lxml.etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "end":
            places.pop()
            continue
        holder = places[-1]
        own = [_matched(rule, place, holder, element) for place, rule in enumerate(rules)]
        inside = holder.inside or any(bits >> (len(rule) - 1) & 1 for bits, rule in zip(own, rules, strict=True))
        holder.last = own
        holder.children = [a | b for a, b in zip(holder.children, own, strict=True)]
        above = [a | b for a, b in zip(holder.above, own, strict=True)]
        places.append(_Place(own, above, list(nothing), list(nothing), inside))
        if inside and element.tag == "a" and element.get("href") is not None:
            yield element


def _matched(rule: Rule, place: int, holder: _Place, element: Any) -> int:
    """The parts of a rule that end at this element, as bits."""
    before = {
        " ": holder.above[place],
        ">": holder.own[place],
        "+": holder.last[place],
        "~": holder.children[place],
    }
    bits = 0
    for number, step in enumerate(rule):
        possible = number == 0 or before[step.combinator] >> (number - 1) & 1
        if possible and all(test(element) for test in step.tests):
            bits |= 1 << number
    return bits
