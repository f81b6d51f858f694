"""Tokens that we did not sign, or not for this, are not believed."""

import base64
import json
from uuid import uuid4

import jwt
import pytest

from accounts import tokens
from core.errors import Unauthorized

KEY = "k" * 48
LOGIN = uuid4()


def issue(kind="access", life_s=60, **changes):
    raw = tokens.issue(kind, key=KEY, user_id=7, login_id=LOGIN, life_s=life_s)
    payload = jwt.decode(raw, options={"verify_signature": False})
    return raw, {name: value for name, value in (payload | changes).items() if value is not ...}


def sign(payload, key=KEY, algorithm="HS256"):
    return jwt.encode(payload, key, algorithm=algorithm)


def refused(raw, kinds=("access",)):
    with pytest.raises(Unauthorized) as caught:
        tokens.read(raw, key=KEY, kinds=kinds)
    return caught.value.message


@pytest.mark.parametrize("kind", ["access", "refresh", "socket", "browser"])
def test_a_token_says_what_was_put_in(kind):
    raw = tokens.issue(kind, key=KEY, user_id=7, login_id=LOGIN, life_s=60, token_id="abc")
    assert tokens.read(raw, key=KEY, kinds={kind}) == tokens.Claims(kind, 7, LOGIN, "abc")


@pytest.mark.parametrize("kind", ["access", "refresh", "socket", "browser"])
def test_a_token_of_another_kind_is_refused(kind):
    raw = tokens.issue(kind, key=KEY, user_id=7, login_id=LOGIN, life_s=60)
    assert "kind" in refused(raw, {"access", "refresh", "socket", "browser"} - {kind})


def test_an_expired_token_is_refused_without_any_leeway():
    assert "expired" in refused(issue(life_s=0)[0])


def test_a_token_signed_with_another_key_is_refused():
    assert refused(sign(issue()[1], key="x" * 48))


def test_a_changed_token_is_refused():
    head, _, signature = issue()[0].split(".")
    forged = base64.urlsafe_b64encode(json.dumps(issue(sub="1")[1]).encode()).rstrip(b"=").decode()
    assert refused(f"{head}.{forged}.{signature}")


def test_alg_none_is_refused():
    assert refused(jwt.encode(issue()[1], None, algorithm="none"))


def test_another_algorithm_is_refused_even_with_the_right_key():
    assert refused(sign(issue()[1], algorithm="HS512"))
    assert refused(sign(issue()[1], algorithm="HS384"))


@pytest.mark.parametrize("claim", ["typ", "sub", "login", "jti", "iat", "exp", "aud", "iss"])
def test_a_token_without_one_of_its_claims_is_refused(claim):
    assert refused(sign(issue(**{claim: ...})[1]))


@pytest.mark.parametrize(
    ("claim", "value"),
    [("aud", "other"), ("iss", "other"), ("sub", "root"), ("login", "7"), ("typ", ["access"]), ("typ", None)],
)
def test_a_token_with_a_foreign_claim_is_refused(claim, value):
    assert refused(sign(issue(**{claim: value})[1]))


def nested_header():
    return base64.urlsafe_b64encode(b"[" * 1400).rstrip(b"=").decode() + ".e30.x"


@pytest.mark.parametrize("raw", ["", ".", "..", "a.b.c", "é", "\ud800", "x" * 1_000_000, nested_header()])
def test_rubbish_is_refused_and_does_not_crash(raw):
    assert refused(raw)
