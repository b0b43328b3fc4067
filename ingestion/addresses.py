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
_PREFIXES = frozenset({"www", "m", "mobile", "amp"})
_GOOGLE = re.compile(r"google\.[a-z]{2,3}(\.[a-z]{2})?")
_IN_VIEWER = re.compile(r"/amp/(?P<secure>s/)?(?P<inner>[^/?]+\.[^/?]+.*)", re.DOTALL)
_CACHES = (".cdn.ampproject.org", ".bing-amp.com")
_IN_CACHE = re.compile(r"/(?:c|v|wp)/(?P<secure>s/)?(?P<inner>[^/?]+\.[^/?]+.*)", re.DOTALL)
_AMP_ENDING = re.compile(r"\.amp(?P<html>\.html?)?\Z", re.IGNORECASE)
_MARKS = re.compile(r"%(3F|3D|26)", re.IGNORECASE)
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


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


def fold_address(address: str) -> str:
    """The form by which two addresses are known to mean the same article: equal forms, one article.

    Without scheme, fragment, usual port, tracking parameters, trailing slash, the host prefixes of mobile and AMP pages
    (``www.``, ``m.``, ``mobile.``, ``amp.``) and the marks of AMP in path and query; the query sorted; addresses of
    Google's AMP viewer and of AMP caches as those that they wrap. Such as ``example.org/news/1?page=2``. It is never
    longer than the canonical address and only for comparing: nothing is fetched from it. Raises :class:`AddressError`.
    """
    url = parse_address(canonical_address(address))
    while (inner := _wrapped_in(url)) is not None:
        url = inner
    kept = sorted(pair for pair in _pairs(url) if not _is_tracking(pair) and not _is_amp(pair))
    return _folded_host(url) + _folded_path(url) + (f"?{'&'.join(kept)}" if kept else "")


def host_of(folded: str) -> str:
    """The host of a folded address, with its port if that is not the usual one."""
    return re.split(r"[/?]", folded, maxsplit=1)[0]


def is_home(folded: str) -> bool:
    """Whether a folded address is that of a whole site, and so of no article."""
    return host_of(folded) == folded


def _pairs(url: httpx.URL) -> list[str]:
    return [_evenly_escaped(pair) for pair in url.query.decode("ascii").split("&") if pair]


def _is_amp(pair: str) -> bool:
    name, _equals, value = pair.lower().partition("=")
    if name in {"amp", "isamp"}:
        return value in {"", "1", "true", "yes"}
    return (name in {"outputtype", "output"} and value == "amp") or name.startswith("amp_") or name == "usqp"


def _wrapped_in(url: httpx.URL) -> httpx.URL | None:
    """The address that an address of an AMP viewer or cache wraps; ``None`` if it is no such address."""
    host, path = _folded_host(url), url.raw_path.decode("ascii")
    wrapping = _IN_VIEWER if _GOOGLE.fullmatch(host) else _IN_CACHE if host.endswith(_CACHES) else None
    found = wrapping.fullmatch(path) if wrapping else None
    if found is None:
        return None
    inner = found["inner"]
    if "?" not in inner:  # the viewer hands on an address with its own parameters escaped
        inner = _MARKS.sub(lambda mark: bytes.fromhex(mark[1]).decode("ascii"), inner)
    try:
        return parse_address(canonical_address(f"{'https' if found['secure'] else 'http'}://{inner}"))
    except AddressError:
        return None


def _folded_host(url: httpx.URL) -> str:
    host = url.raw_host.decode("ascii").lower().rstrip(".")
    host = f"[{host}]" if ":" in host else host
    if url.port not in {None, 80, 443}:
        host = f"{host}:{url.port}"
    while True:
        prefix, _dot, rest = host.partition(".")
        if prefix not in _PREFIXES or "." not in rest.strip("."):
            return host
        host = rest


def _folded_path(url: httpx.URL) -> str:
    path = url.raw_path.split(b"?", 1)[0].decode("ascii")
    if _GOOGLE.fullmatch(host := _folded_host(url)) or host.endswith(_CACHES):
        return path.rstrip("/")  # wraps nothing that could be read, and is left as it is
    folded = path = _evenly_escaped(path).rstrip("/")
    while (plain := _without_amp(folded)) != folded:
        folded = plain
    return folded or path  # the whole path is the mark of AMP: then it is none


def _without_amp(path: str) -> str:
    kept = "/".join(part for part in path.split("/") if part.lower() != "amp").rstrip("/")
    return _AMP_ENDING.sub(r"\g<html>", kept).rstrip("/")


def _evenly_escaped(written: str) -> str:
    """Letters, digits and ``-._~`` as they are, everything else that is escaped in capitals."""
    while (even := _ESCAPED.sub(_unescaped, written)) != written:
        written = even  # an escape may have been escaped itself
    return written


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if _UNRESERVED.fullmatch(character) else escape[0].upper()


def shorten(text: str, length: int = 200) -> str:
    """A text cut to what fits into a message, without line breaks and unprintable characters."""
    clean = _UNPRINTABLE.sub(" ", text)
    return clean if len(clean) <= length else clean[: length - 1] + "…"
