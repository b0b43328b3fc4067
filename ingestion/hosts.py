"""How hosts are named: by whom a request is answered, whatever address on it is asked for."""

from __future__ import annotations

import httpx

from ingestion.addresses import parse_address

USUAL_PORTS = (None, 80, 443)


def host_key(address: str) -> str:
    """The name of the host that an address is asked from: with its port only if that is not the usual one.

    Raises :class:`ingestion.addresses.AddressError`.
    """
    return key_of(parse_address(address))


def key_of(url: httpx.URL) -> str:
    """The same of an address that is parsed already."""
    host = url.raw_host.decode("ascii").lower()
    return host if url.port in USUAL_PORTS else f"{host}:{url.port}"


def origin_of(url: httpx.URL) -> str:
    """Scheme, host and port: what a robots.txt speaks for."""
    return f"{url.scheme}://{url.netloc.decode('ascii').lower()}"
