"""A web server for feeds and pages on several loopback addresses, meant to run as a process of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import blake2b
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

NEWS_DAY = "Tue, 01 Mar 2022 10:00:00 GMT"
SECONDS_UNTIL_A_CLIENT_IS_GONE = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site answers."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_short: bool = False  # send half of the body and close the connection
    silent: bool = False  # send nothing and wait until the client has had enough


class Site(Protocol):
    """Answers requests, from many threads at once."""

    def get(self, path: str, host: str, headers: Mapping[str, str]) -> Answer:
        """Answer a GET for ``path`` at ``host`` (with its port)."""

    def post(self, path: str, body: bytes) -> Answer:
        """Answer whoever runs the site."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a feed."""

    guid: str
    url: str
    title: str
    html: str


def rss(title: str, items: list[Item]) -> bytes:
    """A feed of RSS 2.0."""
    entries = "".join(
        f'<item><guid isPermaLink="false">{escape(item.guid)}</guid><title>{escape(item.title)}</title>'
        f"<link>{escape(item.url)}</link><pubDate>{NEWS_DAY}</pubDate>"
        f"<description>{escape(item.html)}</description></item>"
        for item in items
    )
    head = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{escape(title)}</title>'
    return f"{head}{entries}</channel></rss>".encode()


def page(title: str, paragraphs: list[str]) -> bytes:
    """A plain page of a newspaper with one article."""
    words = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head><body>'
        f'<nav><a href="/">Front page</a> <a href="/weather">Weather</a></nav><article><h1>{escape(title)}</h1>{words}'
        "</article><footer>All rights reserved.</footer></body></html>"
    ).encode()


def conditional(body: bytes, content_type: str, headers: Mapping[str, str]) -> Answer:
    """The body with its ETag, or 304 if the client has it already."""
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    if headers.get("If-None-Match") == tag:
        return Answer(304, headers={"ETag": tag})
    return Answer(200, body, {"ETag": tag, "Content-Type": content_type})


def serve(site: Site, hosts: list[str], port: int) -> None:
    """Serve on one port of each of these addresses, until the process is ended."""
    servers = [_Server((host, port), _handler(site)) for host in hosts]
    threads = [threading.Thread(target=server.serve_forever, daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(site.get(self.path, self.headers["Host"] or "", dict(self.headers)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._send(site.post(self.path, body))

        def _send(self, answer: Answer) -> None:
            self.close_connection = True
            if answer.silent:
                self._wait_for_the_client_to_go()
                return
            try:
                self.send_response_only(answer.status)
                self.send_header("Date", formatdate(usegmt=True))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut_short else answer.body)
            except ConnectionError:
                return  # the client was killed, or had enough

        def _wait_for_the_client_to_go(self) -> None:
            self.connection.settimeout(SECONDS_UNTIL_A_CLIENT_IS_GONE)
            try:
                while self.connection.recv(1024):
                    pass
            except (TimeoutError, ConnectionError):
                return

        def log_message(self, *_: object) -> None:
            """Nothing is printed for each request."""

    return Handler


def free_port_on(hosts: list[str]) -> int:
    """A port that nobody uses on any of these addresses just now."""
    while True:
        with socket.socket() as first:
            first.bind((hosts[0], 0))
            port: int = first.getsockname()[1]
        if all(_free(host, port) for host in hosts):
            return port


def _free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
