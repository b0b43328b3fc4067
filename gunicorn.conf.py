"""The web server of a grown-up installation: ``gunicorn tracker.wsgi:application`` finds this file by itself."""

import gc
import os

from tracker import env

bind = f"{env.text('BIND_ADDRESS', default='127.0.0.1')}:{env.port()}"
workers = env.whole_number("WEB_WORKERS", default=2, least=1)
threads = env.whole_number("WEB_THREADS", default=4, least=1)
preload_app = True  # read once, shared by all workers
timeout = 60
graceful_timeout = 15
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  # a full disk must not stall it
control_socket_disable = True
accesslog = "-" if env.flag("ACCESS_LOG", default=False) else None
loglevel = "warning"


def when_ready(_server: object) -> None:
    """What has been read stays for good; looking through it again and again is wasted work."""
    gc.freeze()
