"""A bad environment stops the start and names each bad variable."""

import pytest

from config.env import PREPARE_FROM, BadEnvironmentError, database_of, load_env

GOOD = {
    "SECRET_KEY": "x" * 40,
    "DATABASE_URL": "postgresql+asyncpg://user:p%40ss@db.example:5433/office?sslmode=require",
    "REDIS_URL": "redis://localhost:6379/0",
}


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Only what the test sets; no file beside the code is read."""

    def load(**changes):
        monkeypatch.setattr("os.environ", {**GOOD, **changes})
        monkeypatch.setitem(load_env.__wrapped__.__globals__["Env"].model_config, "env_file", None)
        return load_env.__wrapped__()

    return load


def test_a_good_environment_is_typed(environment):
    env = environment(TRUSTED_PROXIES="10.0.0.0/8, 192.168.0.0/16", DEBUG="true")
    assert env.debug is True
    assert [str(network) for network in env.trusted_proxies] == ["10.0.0.0/8", "192.168.0.0/16"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("APP_ENV", "staging"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://localhost/office"),
        ("DATABASE_URL", "postgresql://localhost"),
        ("REDIS_URL", "http://localhost"),
        ("JWT_ALGORITHM", "none"),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "0"),
        ("EMAIL_PORT", "99999"),
        ("TRUSTED_PROXIES", "everybody"),
        ("AUDIT_ANCHORS", "relative/path"),
        ("AUDIT_ANCHORS", "mailto:nobody"),
        ("AUDIT_ANCHORS", "https://example.com/hook"),
        ("AUDIT_ANCHOR_SECRET", "whsec_short"),
    ],
)
def test_a_bad_value_is_named(environment, name, value):
    with pytest.raises(BadEnvironmentError, match=name):
        environment(**{name: value})


def test_all_bad_values_are_named_at_once(environment):
    with pytest.raises(BadEnvironmentError) as caught:
        environment(DEBUG="perhaps", EMAIL_PORT="many")
    assert "DEBUG" in str(caught.value)
    assert "EMAIL_PORT" in str(caught.value)


def test_a_secret_never_stands_in_the_message(environment):
    with pytest.raises(BadEnvironmentError) as caught:
        environment(SECRET_KEY="hunter2")
    assert "hunter2" not in str(caught.value)


def test_hs256_needs_a_long_secret(environment):
    with pytest.raises(BadEnvironmentError, match="JWT_SECRET_KEY"):
        environment(JWT_ALGORITHM="HS256", JWT_SECRET_KEY="short")


def test_debug_is_refused_in_production(environment):
    with pytest.raises(BadEnvironmentError, match="DEBUG"):
        environment(APP_ENV="production", DEBUG="true")


def test_a_database_url_is_taken_apart():
    database = database_of(GOOD["DATABASE_URL"])
    assert (database["USER"], database["PASSWORD"]) == ("user", "p@ss")
    assert (database["HOST"], database["PORT"], database["NAME"]) == (
        "db.example",
        "5433",
        "office",
    )
    assert database["OPTIONS"] == {"sslmode": "require", "prepare_threshold": PREPARE_FROM}


def test_a_pooler_that_knows_no_prepared_statements_gets_none():
    url = "postgresql://user@pooler.example/office?prepare=no&sslmode=require"
    assert database_of(url)["OPTIONS"] == {"sslmode": "require", "prepare_threshold": None}


def test_every_variable_stands_in_the_example():
    from config.env import ROOT, Env

    example = (ROOT / ".env.example").read_text()
    told = {line.removeprefix("# ").partition("=")[0] for line in example.splitlines()}
    assert {name.upper() for name in Env.model_fields} <= told
