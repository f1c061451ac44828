from pathlib import Path

import pytest

from coalition import config


@pytest.fixture(autouse=True)
def only_defaults(change_settings, tmp_path):
    """Begin with nothing set but the data folder."""
    change_settings(
        DATABASE_URL=None,
        REDIS_URL=None,
        SECRET_KEY=None,
        COALITION_ENCRYPTION_KEYS=None,
        COALITION_PUBLIC_URL=None,
        COALITION_MAIL_URL=None,
        COALITION_PLUGINS=None,
        COALITION_LOG_LEVEL=None,
        COALITION_SIGNING_ATTEMPTS_PER_HOUR=None,
        COALITION_DATA_DIR=str(tmp_path),
    )


class TestLoad:
    def test_has_a_default_for_everything_but_keys_and_servers(self):
        settings = config.load()

        assert settings.public_url == "http://localhost:8000"
        assert settings.is_demo_mail
        assert settings.plugins is None
        assert settings.metrics_token is None
        assert (settings.secret_keys, settings.encryption_keys) == ((), ())

    def test_reads_several_keys_newest_first(self, change_settings):
        change_settings(SECRET_KEY="new, old")

        assert config.load().secret_keys == ("new", "old")

    def test_reads_the_keys_that_up_has_made(self, tmp_path):
        config.secrets_file(tmp_path).write_text(
            "SECRET_KEY=made\nCOALITION_ENCRYPTION_KEYS=k=\n"
        )

        settings = config.load()

        assert settings.secret_keys == ("made",)
        assert settings.encryption_keys == ("k=",)

    def test_prefers_the_environment_to_the_key_file(self, tmp_path, change_settings):
        config.secrets_file(tmp_path).write_text("SECRET_KEY=made\n")
        change_settings(SECRET_KEY="chosen")

        assert config.load().secret_keys == ("chosen",)

    @pytest.mark.parametrize(
        ("value", "plugins"), [("", ()), ("a", ("a",)), ("a, b-c", ("a", "b-c"))]
    )
    def test_reads_the_exact_plugins(self, change_settings, value, plugins):
        change_settings(COALITION_PLUGINS=value)

        assert config.load().plugins == plugins

    def test_sends_cookies_over_https_only_where_there_is_https(self, change_settings):
        assert not config.load().secure_cookies

        change_settings(COALITION_PUBLIC_URL="https://sign.example.org/")

        assert config.load().secure_cookies
        assert config.load().public_url == "https://sign.example.org"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("COALITION_TRUSTED_PROXIES", "two"),
            ("COALITION_MAX_BODY_BYTES", "2 MB"),
            ("COALITION_TRACE_HOOKS", "perhaps"),
        ],
    )
    def test_names_the_variable_that_is_wrong(self, change_settings, name, value):
        change_settings(**{name: value})

        with pytest.raises(config.ConfigError, match=f"{name}.*[Cc]orrect"):
            config.load()


class TestDocumentation:
    def test_names_every_setting(self):
        source = Path(config.__file__).read_text(encoding="utf-8")
        page = (Path(__file__).parent.parent / "docs" / "settings.md").read_text(
            encoding="utf-8"
        )
        names = {
            word.strip('",()')
            for word in source.split()
            if word.strip('",()').startswith("COALITION_") and '"' in word
        }

        assert names
        assert {name for name in names if name not in page} == set()
