"""Tests: the real database and queue protocol; only what makes them slow or noisy differs."""

import os
import tempfile

os.environ.setdefault("APP_ENV", "test")
os.environ.setdefault("SECRET_KEY", "test-secret-key-that-is-long-enough-0123456789")
if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="office-test-")

from config.settings.base import *  # noqa: F403

# Each client of a test would read through all static files, and that is a fifth of its time.
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["tests.fast_hasher.FastArgon2PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
# A bot that is set up and that nobody reaches.
TELEGRAM_API_BASE_URL = "http://127.0.0.1:1"
TELEGRAM_BOT_TOKEN, TELEGRAM_BOT_NAME = "1:of-the-tests", "office_of_the_tests_bot"
TWILIO_API_BASE_URL = "http://127.0.0.1:1"
TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN = "AC" + "0" * 32, "token-of-the-tests"
# What is counted goes by the store's own clock, and outlives a test.
TELEPHONE_CODES = CHANNEL_TESTS = None
LOGIN_RATES = {}
RESET_ANSWER_SECONDS = 0.0
API_RATES = None
TWILIO_PHONE_NUMBER = "+15005550006"
# Applications that vendors know, and that nobody reaches.
MICROSOFT_CLIENT_ID, MICROSOFT_CLIENT_SECRET = "office-of-the-tests", "secret-of-the-tests"
GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET = "office-of-the-tests", "secret-of-the-tests"
SLACK_CLIENT_ID, SLACK_CLIENT_SECRET = "office-of-the-tests", "secret-of-the-tests"
SLACK_SIGNING_SECRET = "signing-secret-of-the-tests"  # noqa: S105  nobody's
MS_LOGIN_BASE_URL = MSGRAPH_BASE_URL = "http://127.0.0.1:1"
GOOGLE_OAUTH_BASE_URL = "http://127.0.0.1:1"
GOOGLE_TOKEN_BASE_URL = GOOGLE_OAUTH_BASE_URL
GOOGLE_API_BASE_URL = "http://127.0.0.1:1"
SLACK_API_BASE_URL = "http://127.0.0.1:1"
LOGGING["root"]["level"] = "WARNING"  # type: ignore[index]  # noqa: F405
# A second database, where tenants live whose `db_alias` is shard2.
DATABASES["shard2"] = {  # noqa: F405
    **DATABASES["default"],  # noqa: F405
    "NAME": DATABASES["default"]["NAME"] + "_shard2",  # noqa: F405
}
