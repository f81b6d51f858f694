"""What is sealed can be opened with the right key, for the right purpose, and in no other way."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import vault
from core.vault import Vault, VaultError

OLD, NEW = "an old key of thirty-two letters!", "a new key of thirty-two letters!!"


@given(
    text=st.text(st.characters(exclude_categories=["Cs"])), purpose=st.text(st.characters(exclude_categories=["Cs"]))
)
def test_what_is_sealed_comes_back(text, purpose):
    ours = Vault([NEW])
    assert ours.open(ours.seal(text, purpose), purpose) == text


def test_the_same_text_is_never_sealed_alike_and_never_in_sight():
    one, other = (Vault([NEW]).seal("sk-secret", "x") for _ in range(2))
    assert one != other
    assert b"sk-secret" not in urlsafe_b64decode(one)


def test_what_is_sealed_for_one_purpose_is_not_opened_for_another():
    token = Vault([NEW]).seal("sk-secret", "provider key:openai:1")
    with pytest.raises(VaultError, match="something else"):
        Vault([NEW]).open(token, "provider key:openai:2")


def test_an_older_key_still_opens_and_the_first_one_seals():
    token, both = Vault([OLD]).seal("sk-secret", "x"), Vault([NEW, OLD])
    assert both.open(token, "x") == "sk-secret"
    assert not both.is_current(token)
    fresh = both.seal("sk-secret", "x")
    assert both.is_current(fresh)
    assert Vault([NEW]).open(fresh, "x") == "sk-secret"


def test_without_its_key_nothing_is_opened():
    with pytest.raises(VaultError, match="does not have"):
        Vault([NEW]).open(Vault([OLD]).seal("sk-secret", "x"), "x")


@pytest.mark.parametrize("place", [0, 3, 8, 17, 30])
def test_a_single_changed_bit_is_seen(place):
    raw = bytearray(urlsafe_b64decode(Vault([NEW]).seal("sk-secret", "x")))
    raw[place] ^= 1
    with pytest.raises(VaultError) as refused:
        Vault([NEW]).open(urlsafe_b64encode(raw).decode(), "x")
    assert "sk-secret" not in str(refused.value)


@pytest.mark.parametrize("token", ["", "x", "AQ==", "not base64 at all!", "ünïcödé", "A" * 400])
def test_garbage_is_refused(token):
    with pytest.raises(VaultError):
        Vault([NEW]).open(token, "x")
    assert not Vault([NEW]).is_current(token)


def test_the_servers_own_vault_follows_its_settings(settings):
    settings.ENCRYPTION_KEYS = (OLD,)
    token = vault.seal("sk-secret", "x")
    settings.ENCRYPTION_KEYS = (NEW,)
    with pytest.raises(VaultError):
        vault.open(token, "x")
    settings.ENCRYPTION_KEYS = (NEW, OLD)
    assert vault.open(token, "x") == "sk-secret"
