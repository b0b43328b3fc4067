"""A server that answers as hostile as a test wants, on loopback; its robots.txt and its good feed are harmless."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

from tests.ingestion.conftest import item, rss

Behaviour = Callable[[socket.socket], None]
CERTIFICATE = Path(__file__).with_name("self_signed.pem")


def answering(body: bytes, *headers: str, status: str = "200 OK") -> Behaviour:
    """Answers rightly, with this body."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""])
    return lambda connection: connection.sendall(head.encode() + body)


def sending(*pieces: bytes) -> Behaviour:
    """Sends these bytes and closes the connection."""
    return lambda connection: connection.sendall(b"".join(pieces))


def repeating(first: bytes, again: bytes, *, pause: float = 0.0) -> Behaviour:
    """Sends something, and then something else without end."""

    def behave(connection: socket.socket) -> None:
        waiting = threading.Event()
        connection.sendall(first)
        while True:
            connection.sendall(again)
            if pause:
                waiting.wait(pause)

    return behave


def silent(connection: socket.socket) -> None:
    """Says nothing and keeps the connection until the other side has had enough."""
    while connection.recv(4096):
        pass


def moved(to: str) -> Behaviour:
    """Redirects."""
    return answering(b"", f"Location: {to}", status="302 Found")


class HostileServer:
    """Serves ``/robots.txt``, a good feed at ``/good``, and at any other path what ``behave`` does."""

    def __init__(self, *, encrypted: bool = False) -> None:
        self.behave: Behaviour = answering(b"")
        self.asked: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._context: ssl.SSLContext | None = None
        if encrypted:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(CERTIFICATE)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True, name="hostile").start()

    def address(self, path: str) -> str:
        """The address of a path."""
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _peer = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True, name="hostile").start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:  # the other side may leave at any time
            opened = self._context.wrap_socket(connection, server_side=True) if self._context else connection
            with opened:
                path = [*opened.recv(4096).split(b" "), b"", b""][1].decode("latin-1")
                self.asked.append(path)
                self._behaviour(path)(opened)

    def _behaviour(self, path: str) -> Behaviour:
        if path == "/robots.txt":
            return answering(b"", status="404 Not Found")
        if path == "/good":
            return answering(rss(item("good")).encode())
        return self.behave
