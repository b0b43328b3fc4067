"""Web addresses: which may be fetched at all, and the one canonical form under which an article is known."""

from __future__ import annotations

import re

import httpx

MAX_LENGTH = 2000
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "at_", "hsa_", "_hs")
_TRACKING_NAMES = frozenset(
    {
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "yclid", "igshid", "ttclid"),
        *("mc_cid", "mc_eid", "mkt_tok", "vero_id", "oly_anon_id", "oly_enc_id", "_ga", "_gl", "cmpid", "ito", "xtor"),
        *("ns_campaign", "ns_mchannel", "ns_source", "ns_linkname", "ns_fee", "guccounter", "guce_referrer"),
    }
)


class AddressError(ValueError):
    """An address that cannot be used; its text is a sentence for the person who gave it."""


def parse_address(written: str) -> httpx.URL:
    """A web address, checked in form: http or https, with a host, without credentials, of bearable length.

    Raises :class:`AddressError`. Whether its host may be connected to is checked when connecting, not here.
    """
    trimmed = written.strip()
    shown = shorten(trimmed)
    if not trimmed:
        raise AddressError("The address is empty. Give one that begins with https:// or http://.")
    if len(trimmed) > MAX_LENGTH:
        raise AddressError(f"The address {shown} is longer than {MAX_LENGTH} characters. Give a shorter one.")
    if _UNPRINTABLE.search(trimmed.replace(" ", "")):
        raise AddressError(f"The address {shown} contains characters that cannot be seen. Type it anew.")
    try:
        url = httpx.URL(str(httpx.URL(trimmed)))  # twice: the default port is dropped once the scheme is lower case
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressError(f"The address {shown} cannot be read. Check it for typing errors.") from error
    _check_form(url, shown)
    return url


def _check_form(url: httpx.URL, shown: str) -> None:
    if url.scheme not in {"http", "https"}:
        raise AddressError(f"The address {shown} does not begin with https:// or http://. Only these are fetched.")
    if url.userinfo:
        raise AddressError("The address contains a user name or password. Give it without these.")
    if not url.host or "%" in url.host or url.host.startswith("."):
        raise AddressError(f"The address {shown} has no readable host name. Check it for typing errors.")
    if url.port is not None and not 0 < url.port < 65536:
        raise AddressError(f"The address {shown} has a port that does not exist. Use one from 1 to 65535.")
    if len(str(url)) > MAX_LENGTH:
        raise AddressError(f"The address {shown} is longer than {MAX_LENGTH} characters. Give a shorter one.")


def canonical_address(written: str) -> str:
    """The one form of an address under which an article is known.

    Scheme and host in lower case, without default port, fragment and parameters that only track readers; the other
    parameters are kept as they are and in their order. Raises :class:`AddressError`.
    """
    url = parse_address(written)
    kept = [pair for pair in url.query.decode("ascii").split("&") if pair and not _is_tracking(pair)]
    path = url.raw_path.split(b"?", 1)[0].decode("ascii") or "/"
    host = url.netloc.decode("ascii").lower()
    canonical = f"{url.scheme}://{host}{path}" + (f"?{'&'.join(kept)}" if kept else "")
    if len(canonical) > MAX_LENGTH:
        raise AddressError(f"The address {shorten(canonical)} is longer than {MAX_LENGTH} characters.")
    return canonical


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES)


def same_addresses(canonical: str) -> tuple[str, str]:
    """A canonical address and its twin with the other of http and https: both mean the same article."""
    scheme, rest = canonical.split("://", 1)
    return canonical, f"{'http' if scheme == 'https' else 'https'}://{rest}"


def shorten(text: str, length: int = 200) -> str:
    """A text cut to what fits into a message, without line breaks and unprintable characters."""
    clean = _UNPRINTABLE.sub(" ", text)
    return clean if len(clean) <= length else clean[: length - 1] + "…"
