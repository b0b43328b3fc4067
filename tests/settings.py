"""Settings of the tests: those of a laptop, with quick password hashing and nothing kept on disk."""

import os
import tempfile

os.environ.setdefault("TRACKER_LOCAL", "1")
os.environ.setdefault("SECRET_KEY", "only-for-the-tests-and-never-anywhere-else-0123456789")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="tracker-tests-"))

# The server of static files warns of a folder that is missing, and warnings are errors here.
os.makedirs(os.path.join(os.environ["DATA_DIR"], "static"), exist_ok=True)

from tracker.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
FETCH_ALLOW_LOOPBACK = False
