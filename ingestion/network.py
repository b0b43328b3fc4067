"""The guarded network: connections only to permitted addresses, and none that outlasts its deadline.

The host name is resolved here, each address is checked here, and the socket is opened to that very address: between
the check and the use there is nothing that could answer differently the second time.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]

# Not reachable as "global" in every Python version, or ways around the check: relays and translators that would carry
# a packet on to an address written inside of them.
_NEVER = tuple(
    ipaddress.ip_network(block)
    for block in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
        "::/96",
    )
)


class AddressRefusedError(Exception):
    """A host that leads to an address which must not be connected to; the text is a sentence."""


class DeadlineError(Exception):
    """The time for the whole fetch is over."""


def is_permitted(address: str, *, allow_loopback: bool) -> bool:
    """Whether an IP address is public (or loopback, where that is allowed), whatever form it is written in."""
    try:
        ip: IPAddress = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            return False
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
    if ip.is_loopback:
        return allow_loopback
    if ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_link_local or ip.is_private:
        return False
    return ip.is_global and not any(ip.version == block.version and ip in block for block in _NEVER)


@dataclass(slots=True)
class Deadline:
    """A moment on the steady clock after which nothing more is waited for."""

    seconds: float
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    def left(self) -> float:
        """Seconds that remain; raises :class:`DeadlineError` when there are none."""
        rest = self._end - time.monotonic()
        if rest <= 0:
            raise DeadlineError
        return rest


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system resolves it. Raises ``OSError``."""
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]  # numbers in any form: 127.1, 2130706433, 0x7f000001, …
    except OSError:
        pass  # a name, or an address of IPv6
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections for one fetch, to permitted addresses only and within one deadline."""

    def __init__(self, *, deadline: Deadline, allow_loopback: bool, resolver: Resolver = resolve) -> None:
        self._deadline = deadline
        self._allow_loopback = allow_loopback
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, check, and connect to the very address that was checked; the next one if that fails."""
        failure: OSError = OSError("no address")
        for address in self._permitted(host, port):
            try:
                opened = socket.create_connection((address, port), timeout=self._deadline.left())
            except OSError as error:
                failure = error
                continue
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return GuardedStream(opened, self._deadline)
        raise httpcore.ConnectError(str(failure)) from failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Never: no address of the web leads to a local socket."""
        raise AddressRefusedError("Local sockets are not fetched.")

    def _permitted(self, host: str, port: int) -> list[str]:
        found = self._resolve_in_time(host, port)
        permitted = [one for one in found if is_permitted(one, allow_loopback=self._allow_loopback)]
        if not permitted:
            shown = f"{host} ({found[0]})" if found and found[0] != host else host
            raise AddressRefusedError(
                f"The host {shown} is not on the public internet, so it is not fetched. Give a public address."
            )
        return permitted

    def _resolve_in_time(self, host: str, port: int) -> list[str]:
        # The system's resolver cannot be told to hurry; a daemon thread can be left behind.
        answer: list[list[str]] = []
        failure: list[Exception] = []

        def ask() -> None:
            try:
                answer.append(self._resolver(host, port))
            except (OSError, UnicodeError) as error:
                failure.append(error)

        asking = threading.Thread(target=ask, daemon=True, name="resolver")
        asking.start()
        asking.join(self._deadline.left())
        if answer:
            return answer[0]
        if failure:
            raise httpcore.ConnectError(f"The host {host} is not known") from failure[0]
        raise DeadlineError


class GuardedStream(httpcore.NetworkStream):
    """A connection whose every wait is cut to what remains of the fetch's deadline."""

    def __init__(self, opened: socket.socket, deadline: Deadline) -> None:
        self._socket = opened
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there, at most ``max_bytes``."""
        self._socket.settimeout(self._deadline.left())
        try:
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise DeadlineError from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        self._socket.settimeout(self._deadline.left())
        try:
            self._socket.sendall(buffer)
        except TimeoutError as error:
            raise DeadlineError from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Encrypt the connection; the certificate is checked against the host name of the address."""
        try:
            self._socket.settimeout(self._deadline.left())
            wrapped = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except TimeoutError as error:
            self.close()
            raise DeadlineError from error
        except OSError as error:  # every TLS error is one
            self.close()
            raise httpcore.ConnectError(str(error)) from error
        return GuardedStream(wrapped, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about a connection."""
        known: dict[str, Callable[[], Any]] = {
            "client_addr": self._socket.getsockname,
            "server_addr": self._socket.getpeername,
            "socket": lambda: self._socket,
        }
        return known[info]() if info in known else None
