"""Which credential a call goes out with: a user's own, one stored for all, one of the environment, or none."""

import asyncio

import pytest

from core import vault
from providers import catalog, credentials, services
from providers.models import StoredKey

ENVIRONMENT = {"OPENAI_API_KEY": "sk-of-the-environment"}


@pytest.fixture
def store(db):
    """`store("openai", "sk-…", owner=…, base_url=…)` as the admin site does."""

    def put(provider, key, owner=None, base_url=""):
        row = StoredKey.objects.filter(provider=provider, owner=owner).first()
        row = row or StoredKey(provider=provider, owner=owner)
        row.base_url = base_url
        row.put(key)
        row.save()
        return row

    return put


def given(provider_id, environment):
    return credentials.in_environment(environment).get(provider_id)


# --- the environment -------------------------------------------------------------------------------------------------


def test_a_key_is_found_with_the_providers_own_address():
    found = given("openai", {"OPENAI_API_KEY": " sk-x "})
    assert (found.api_key, found.base_url, found.source) == ("sk-x", "https://api.openai.com/v1", "env")
    assert found.is_direct


def test_a_configured_address_counts_and_loses_its_last_slash():
    found = given("anthropic", {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "http://gw:1/x/"})
    assert found.base_url == "http://gw:1/x"
    assert not found.is_direct


@pytest.mark.parametrize("environment", [{}, {"GEMINI_API_KEY": ""}, {"OPENAI_API_KEY": "k"}])
def test_without_a_key_there_is_no_credential(environment):
    assert given("google", environment) is None


def test_google_keys_have_two_names_and_the_clis_own_comes_first():
    assert given("google", {"GOOGLE_API_KEY": "one"}).api_key == "one"
    assert given("google", {"GOOGLE_API_KEY": "one", "GEMINI_API_KEY": "two"}).api_key == "two"


def test_a_key_from_a_file_says_so():
    assert given("openai", {"OPENAI_API_KEY": "k", "OPENAI_API_KEY_FILE": "/run/secrets/openai"}).source == "file"


@pytest.mark.parametrize("endpoint", ["https://me.openai.azure.com/", "https://me.openai.azure.com/openai/v1/"])
def test_azure_is_at_an_address_of_ones_own(endpoint):
    key = {"AZURE_OPENAI_API_KEY": "k"}
    assert given("azure", key) is None
    assert given("azure", key | {"AZURE_OPENAI_ENDPOINT": endpoint}).base_url == "https://me.openai.azure.com/openai/v1"


def test_ollama_needs_no_key_but_to_be_there():
    assert given("ollama", {}) is None
    found = given("ollama", {"OLLAMA_BASE_URL": "http://gpu:11434/v1"})
    assert (found.api_key, found.auth_header) == ("", None)


@pytest.mark.parametrize(
    ("provider_id", "environment", "header"),
    [
        ("anthropic", {"ANTHROPIC_API_KEY": "k"}, (b"x-api-key", b"k")),
        (
            "anthropic",
            {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "http://gw"},
            (b"authorization", b"Bearer k"),
        ),
        ("google", {"GEMINI_API_KEY": "k"}, (b"x-goog-api-key", b"k")),
        ("groq", {"GROQ_API_KEY": "k"}, (b"authorization", b"Bearer k")),
        ("azure", {"AZURE_OPENAI_API_KEY": "k", "AZURE_OPENAI_ENDPOINT": "https://a"}, (b"api-key", b"k")),
    ],
)
def test_a_key_is_shown_where_its_provider_looks_for_it(provider_id, environment, header):
    assert given(provider_id, environment).auth_header == header


# --- what is stored --------------------------------------------------------------------------------------------------


def test_an_own_key_comes_before_one_for_all_and_that_before_the_environments(store, configure, owner, teammate):
    configure(provider_environment=ENVIRONMENT)
    assert credentials.find("openai", user_id=owner.pk).source == "env"
    store("openai", "sk-for-everybody")
    own = store("openai", "sk-of-the-owner", owner)
    seen = [credentials.find("openai", user_id=who) for who in (owner.pk, teammate.pk, None)]
    assert [(found.api_key, found.source) for found in seen] == [
        ("sk-of-the-owner", "own"),
        ("sk-for-everybody", "stored"),
        ("sk-for-everybody", "stored"),
    ]
    own.delete()
    assert credentials.find("openai", user_id=owner.pk).source == "stored"


def test_all_that_a_user_holds_is_found_in_one_question(store, configure, owner, django_assert_num_queries):
    configure(provider_environment=ENVIRONMENT)
    store("groq", "gsk-for-everybody")
    store("mistral", "key-of-the-owner", owner)
    with django_assert_num_queries(1):
        held = credentials.held_by(owner.pk)
    assert {name: found.source for name, found in held.items()} == {
        "openai": "env", "groq": "stored", "mistral": "own",
    }  # fmt: skip
    assert set(credentials.held_by(None)) == {"openai", "groq"}


def test_a_key_that_was_just_asked_for_costs_no_question_and_a_new_one_counts_at_once(
    store, owner, django_assert_num_queries
):
    store("groq", "gsk-the-first-one", owner)
    credentials.find("groq", user_id=owner.pk)
    with django_assert_num_queries(0):
        assert credentials.find("groq", user_id=owner.pk).api_key == "gsk-the-first-one"
    store("groq", "gsk-the-second-one", owner)
    assert credentials.find("groq", user_id=owner.pk).api_key == "gsk-the-second-one"
    StoredKey.objects.all().delete()
    assert credentials.find("groq", user_id=owner.pk) is None


def test_a_look_that_a_change_overtook_is_not_remembered(store, owner, monkeypatch):
    row, look = store("groq", "gsk-of-the-owner", owner), credentials._sealed

    def overtaken(found):
        if StoredKey.objects.exists():
            row.delete()
        return look(found)

    monkeypatch.setattr(credentials, "_sealed", overtaken)
    assert credentials.find("groq", user_id=owner.pk).api_key == "gsk-of-the-owner"
    assert credentials.find("groq", user_id=owner.pk) is None


def test_the_event_loop_gets_the_same_answer(store, owner):
    store("groq", "gsk-of-the-owner", owner)
    credentials.find("groq", user_id=owner.pk)
    assert asyncio.run(credentials.afind("groq", user_id=owner.pk)).api_key == "gsk-of-the-owner"
    assert asyncio.run(credentials.afind("nobody", user_id=owner.pk)) is None


def test_the_operators_address_is_for_stored_keys_too_unless_they_have_one(store, configure, owner):
    configure(provider_environment={"OPENAI_BASE_URL": "http://gw:1/v1"})
    store("openai", "sk-of-the-owner", owner)
    assert credentials.find("openai", user_id=owner.pk).base_url == "http://gw:1/v1"
    store("openai", "sk-of-the-owner", owner, "http://elsewhere:1/v1")
    assert credentials.find("openai", user_id=owner.pk).base_url == "http://elsewhere:1/v1"


def test_an_address_that_is_stored_with_one_key_gets_no_other_key(store, configure, owner):
    configure(provider_environment=ENVIRONMENT)
    row = store("openai", "sk-of-the-owner", owner, "http://elsewhere:1/v1")
    StoredKey.objects.filter(pk=row.pk).update(sealed="damaged")
    credentials.forget()
    found = credentials.find("openai", user_id=owner.pk)
    assert (found.source, found.base_url) == ("env", "https://api.openai.com/v1")


def test_a_stored_key_moved_to_another_user_opens_nothing(store, owner, teammate):
    row = store("groq", "gsk-of-the-owner", owner)
    StoredKey.objects.filter(pk=row.pk).update(owner=teammate)
    credentials.forget()
    assert credentials.find("groq", user_id=teammate.pk) is None


def test_no_key_is_in_the_database_as_it_is(store, owner):
    row = store("groq", "gsk-of-the-owner", owner)
    row.refresh_from_db()
    assert "gsk-of-the-owner" not in repr(vars(row))
    assert (row.ending, str(row)) == ("wner", "groq, of owner")
    assert store("mistral", "short-key").ending == ""


def test_a_new_encryption_key_takes_over_and_the_old_one_may_go(store, owner, settings):
    old, new = "an old key of thirty-two letters!", "a new key of thirty-two letters!!"
    settings.ENCRYPTION_KEYS = (old,)
    store("groq", "gsk-of-the-owner", owner)
    settings.ENCRYPTION_KEYS = (new, old)
    assert (services.reseal(), services.reseal()) == (1, 0)
    settings.ENCRYPTION_KEYS = (new,)
    credentials.forget()
    assert credentials.find("groq", user_id=owner.pk).api_key == "gsk-of-the-owner"


def test_every_key_of_the_server_is_known_where_it_must_be_hidden(store, configure, owner):
    configure(
        provider_environment={**ENVIRONMENT, "OPENAI_API_KEY_FILE": "/run/secrets/x", "GROQ_BASE_URL": "http://x"}
    )
    store("groq", "gsk-of-the-owner", owner)
    row = store("mistral", "key-that-is-lost")
    StoredKey.objects.filter(pk=row.pk).update(sealed=vault.seal("other", "other"))
    assert sorted(credentials.secrets()) == ["gsk-of-the-owner", "sk-of-the-environment"]


def test_an_unknown_provider_has_no_credential(db):
    assert credentials.find("nobody") is None


def test_a_key_never_shows_in_a_repr(store, owner):
    store("groq", "gsk-of-the-owner", owner)
    held = repr(credentials.held_by(owner.pk)) + repr(given("openai", {"OPENAI_API_KEY": "sk-secret"}))
    assert "sk-secret" not in held
    assert "gsk-of-the-owner" not in held


# --- the catalog -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "owner"), [("claude-opus-5-5", "anthropic"), ("gpt-5.5", "openai"), ("gemini-3.8-flash", "google")]
)
def test_a_model_tells_its_provider(model, owner):
    assert catalog.owner_of(model).id == owner


def test_a_strange_model_tells_nothing():
    assert catalog.owner_of("qwen3") is None


def test_no_variable_stands_for_two_things():
    names = [name for provider in catalog.BUILT_IN for name in provider.variables]
    assert sorted(names) == sorted(catalog.variables())
    assert len({provider.id for provider in catalog.BUILT_IN}) == len(catalog.BUILT_IN) >= 12


def write(folder, text):
    path = folder / "providers.toml"
    path.write_text(text)
    return path


def test_an_operators_own_provider_needs_no_more_than_an_address(tmp_path):
    (own,) = catalog.read(write(tmp_path, '[the-cellar]\nbase_url = "http://10.0.0.5:8000/v1/"\n'))
    assert (own.id, own.name, own.default_base_url) == ("the-cellar", "the-cellar", "http://10.0.0.5:8000/v1")
    assert own.variables == ("THE_CELLAR_API_KEY", "THE_CELLAR_BASE_URL")
    assert own.dialects == ("chat", "responses")


def test_an_own_provider_is_found_like_any_other(tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "_own", ())
    catalog.use(
        catalog.read(write(tmp_path, '[cellar]\nbase_url = "http://gpu/v1"\nneeds_key = false\nauth = "api-key"'))
    )
    assert given("cellar", {}).base_url == "http://gpu/v1"
    assert given("cellar", {"CELLAR_API_KEY": "k"}).auth_header == (b"api-key", b"k")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[cellar", "cellar|line 1|Expected"),
        ('[openai]\nbase_url = "http://x/v1"', r"\[openai\]: an id has"),
        ('[Cellar]\nbase_url = "http://x/v1"', r"\[Cellar\]: an id has"),
        ("[cellar]", r"\[cellar\] base_url: Field required"),
        ("cellar = 3", "cellar must be a table"),
        ('[cellar]\nbase_url = "ftp://x"', r"\[cellar\] base_url"),
        ('[cellar]\nbase_url = "http://x"\nkey = "k"', r"\[cellar\] key: Extra inputs"),
        ('[cellar]\nbase_url = "http://x"\nkey_variable = "AGTERM_KEY"', "server's own settings"),
        ('[cellar]\nbase_url = "http://x"\ndialects = []', r"\[cellar\] dialects"),
        ('[cellar]\nbase_url = "http://x"\nauth = "basic"', r"\[cellar\] auth"),
    ],
)
def test_what_makes_no_sense_in_the_operators_file_is_named(tmp_path, text, said):
    with pytest.raises(catalog.CatalogError, match=said):
        catalog.read(write(tmp_path, text))


def test_an_operators_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(catalog.CatalogError, match=r"can't read .*nowhere"):
        catalog.read(tmp_path / "nowhere")
