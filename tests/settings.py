"""Settings of the tests: those of a laptop, with quick password hashing and nothing kept on disk."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ["ENV_FILE"] = ""  # a .env file of the person who runs them changes nothing
os.environ.setdefault("TRACKER_LOCAL", "1")
os.environ.setdefault("SECRET_KEY", "only-for-the-tests-and-never-anywhere-else-0123456789")
if "DATA_DIR" not in os.environ:
    if "pytest" in sys.modules:
        os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="tracker-tests-")
        atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
    else:  # the type checker, which only reads the settings
        os.environ["DATA_DIR"] = str(Path(tempfile.gettempdir()) / "tracker-tests")

if "pytest" in sys.modules:
    # The server of static files warns of a folder that is missing, and warnings are errors here.
    (Path(os.environ["DATA_DIR"]) / "static").mkdir(parents=True, exist_ok=True)

from tracker.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
FETCH_ALLOW_LOOPBACK = False
HOST_DELAY_SECONDS = 0.0
API_REQUESTS_PER_MINUTE = API_DOWNLOADS_PER_MINUTE = 0  # all tests come from one address
# Each test begins with an empty record, and with the same numbers of changes.
CACHES["answers"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}  # noqa: F405
