"""Which addresses are usable, and the one form under which an article is known."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingestion.addresses import (
    MAX_LENGTH,
    AddressError,
    canonical_address,
    fold_address,
    host_of,
    is_home,
    parse_address,
)

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


# --- The folded form --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "https://example.org/news/1?a=1&b=2",
        "http://example.org/news/1?a=1&b=2",
        "https://www.example.org/news/1/?b=2&a=1#top",
        "http://m.example.org:80/news/1?a=1&b=2&utm_source=x",
        "https://mobile.example.org./news/1?a=1&b=2",
        "https://www.m.Example.org/n%65ws/1?a=1&b=2",
        "https://amp.example.org/news/1?a=1&b=2",
        "https://example.org/amp/news/1?a=1&b=2",
        "https://example.org/news/1/amp/?a=1&b=2",
        "https://example.org/news/amp/1.amp?a=1&b=2",
        "https://example.org/news/1?amp=1&a=1&b=2",
        "https://example.org/news/1?a=1&amp&b=2&outputType=amp",
        "https://www.google.com/amp/s/www.example.org/news/1%3Fa%3D1%26b%3D2",
        "https://www.google.de/amp/example.org/news/1?a=1&b=2",
        "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/amp/news/1?a=1&b=2&usqp=mq331A",
        "https://www.google.com/amp/s/x.cdn.ampproject.org/v/s/example.org/news/1?a=1&b=2&amp_js_v=0.1",
    ],
)
def test_the_forms_of_one_address_fold_into_one(written: str) -> None:
    assert fold_address(written) == "example.org/news/1?a=1&b=2"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("https://example.org/a.amp.html", "example.org/a.html"),
        ("https://example.org/Ab%c3%bc", "example.org/Ab%C3%BC"),
        ("https://example.org:8443/a", "example.org:8443/a"),
        ("https://m.com/a", "m.com/a"),
        ("https://www.org/a", "www.org/a"),
        ("https://amp.dev/ampere/a?example=amp", "amp.dev/ampere/a?example=amp"),
        ("https://example.org/amp", "example.org/amp"),
        ("https://[::1]:8080/a", "[::1]:8080/a"),
        ("https://www.google.com/amp/rubbish", "google.com/amp/rubbish"),
        ("https://www.google.com/amp/s/us%65r:pw@example.org/", "google.com/amp/s/us%65r:pw@example.org"),
        ("https://example.org//", "example.org"),
    ],
)
def test_what_is_another_address_stays_another(written: str, folded: str) -> None:
    assert fold_address(written) == folded


def test_a_whole_site_is_told_from_an_article() -> None:
    assert is_home(fold_address("https://www.example.org/"))
    assert not is_home(fold_address("https://www.example.org/?p=12"))
    assert host_of("example.org:81?p=1") == host_of("example.org:81/a") == "example.org:81"


HOSTS = st.sampled_from(
    [
        *("www.example.org", "amp.m.www.example.org:8080", "m.com", "www.org.", "[::1]:81", "127.0.0.1"),
        *("www.google.com", "m.google.co.uk", "x.cdn.ampproject.org", "www..org"),
    ]
)
STEPS = st.sampled_from(
    [
        "amp",
        "AMP",
        "%61mp",
        "a",
        "b.amp",
        "c.amp.html",
        "amp.amp",
        "x.amp.amp",
        "",
        "s",
        "c",
        "example.org",
        "%7e",
        "%%34%31",
    ]
)
MARKS = st.sampled_from(["amp", "amp=1", "z=1", "a=%7e", "utm_x=1", "outputType=AMP", "=", "é"])


@given(host=HOSTS, steps=st.lists(STEPS, max_size=6), marks=st.lists(MARKS, max_size=4))
def test_a_folded_address_folds_into_itself(host: str, steps: list[str], marks: list[str]) -> None:
    canonical, _reason = canonical_or_reason(f"http://{host}/{'/'.join(steps)}?{'&'.join(marks)}")
    assume(canonical)
    folded = fold_address(canonical)
    assert fold_address(f"https://{folded}") == fold_address(f"http://{folded}") == folded
    assert 0 < len(folded) < len(canonical) <= MAX_LENGTH


@given(
    st.one_of(
        st.text(max_size=60),
        st.text(max_size=40).map("https://".__add__),
        st.text(max_size=40).map("https://www.google.com/amp/s/".__add__),
    )
)
def test_folding_any_text_gives_a_key_that_stays_as_it_is_or_a_sentence(written: str) -> None:
    folded, reason = folded_or_reason(written)
    assert (folded and fold_address(f"https://{folded}") == folded) or reason.endswith(".")


def folded_or_reason(written: str) -> tuple[str, str]:
    """The folded form and no reason, or nothing and the reason."""
    try:
        return fold_address(written), ""
    except AddressError as error:
        return "", str(error)
