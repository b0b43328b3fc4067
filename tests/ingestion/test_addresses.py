"""Which addresses are usable, and the one form under which an article is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.addresses import AddressError, canonical_address, parse_address, same_addresses

WORDS = st.text("abcXYZ019-_.~%20é ", min_size=0, max_size=12)
NAMES = st.sampled_from(["id", "p", "q", "utm_source", "fbclid", "Gclid", "page", "at_medium"])


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("  HTTPS://Example.ORG:443/A?b=C#part ", "https://example.org/A?b=C"),
        ("HTTP://example.org:80", "http://example.org/"),
        ("http://example.org:8080/x", "http://example.org:8080/x"),
        ("https://example.org/?z=1&utm_source=x&a=2&fbclid=y&a=1", "https://example.org/?z=1&a=2&a=1"),
        ("https://example.org/a?utm_campaign=x", "https://example.org/a"),
        ("https://example.org/a b/../c", "https://example.org/c"),
        ("https://münchen.example/ü", "https://xn--mnchen-3ya.example/%C3%BC"),
        ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
        ("https://example.org/a?page=2&empty=", "https://example.org/a?page=2&empty="),
    ],
)
def test_an_address_has_one_canonical_form(written: str, canonical: str) -> None:
    assert canonical_address(written) == canonical


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "is empty"),
        ("example.org/a", "does not begin with https://"),
        ("ftp://example.org/", "does not begin with https://"),
        ("javascript:alert(1)", "does not begin with https://"),
        ("file:///etc/passwd", "does not begin with https://"),
        ("https://user:secret@example.org/", "user name or password"),
        ("https://user@example.org/", "user name or password"),
        ("https:///path", "no readable host"),
        ("https://exa mple.org/", "no readable host"),
        ("https://example.org:99999/", "port"),
        ("https://example.org:0/", "port"),
        ("https://example.org:port/", "cannot be read"),
        ("https://[::1/", "cannot be read"),
        ("https://example.org/\x00", "cannot be seen"),
        ("https://exam\u202eple.org/", "cannot be seen"),
        ("https://example.org/\nHost: x", "cannot be seen"),
        ("https://example.org/" + "a" * 3000, "longer than 2000"),
        ("https://example.org/" + "é" * 700, "longer than 2000"),
    ],
)
def test_an_unusable_address_is_refused_with_its_reason(written: str, reason: str) -> None:
    with pytest.raises(AddressError, match=reason):
        canonical_address(written)


def test_a_refusal_never_repeats_a_password() -> None:
    with pytest.raises(AddressError) as refusal:
        parse_address("https://user:secret@example.org/")
    assert "secret" not in str(refusal.value)


def test_http_and_https_are_twins() -> None:
    assert same_addresses("https://example.org/a") == ("https://example.org/a", "http://example.org/a")
    assert same_addresses("http://example.org/a") == ("http://example.org/a", "https://example.org/a")


@given(path=WORDS, pairs=st.lists(st.tuples(NAMES, WORDS), max_size=5), fragment=WORDS)
def test_the_canonical_form_is_its_own_canonical_form(path: str, pairs: list[tuple[str, str]], fragment: str) -> None:
    query = "&".join(f"{name}={value}" for name, value in pairs)
    once = canonical_address(f"https://Example.org/{path}?{query}#{fragment}")
    assert canonical_address(once) == once
    assert once.startswith("https://example.org/")
    assert "#" not in once
    assert "utm_source" not in once


def canonical_or_reason(written: str) -> tuple[str, str]:
    """The canonical form and no reason, or nothing and the reason."""
    try:
        return canonical_address(written), ""
    except AddressError as error:
        return "", str(error)


@given(st.one_of(st.text(max_size=60), st.text(max_size=40).map("https://example.org/".__add__)))
def test_any_text_gives_an_address_that_stays_as_it_is_or_a_sentence(written: str) -> None:
    canonical, reason = canonical_or_reason(written)
    assert (canonical and canonical_address(canonical) == canonical) or reason.endswith(".")
