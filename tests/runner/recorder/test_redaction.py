"""What is kept has no secret in it, wherever the pieces of a stream end."""

import random

import pytest

from runner.redaction import REDACTED, Exact, patterns

SECRETS = ["password1", "password1234", "1234wordpass", "aaaaaaab", "line one\nline two", "kennwörter", "short"]
STREAM = (
    b"a password1 b password1234 c password12 d1234wordpass aaaaaaaaaab line one\r\nline two line one\nline two "
    b"short passwor" + "d1 kennwörter".encode() + b" password123"
)
CLEAN = (
    b"a [redacted] b [redacted] c [redacted]2 d[redacted] aaa[redacted] [redacted] [redacted] "
    b"short [redacted] [redacted] [redacted]23"
)


def fed(exact, pieces):
    return b"".join(exact.feed(piece) for piece in pieces) + exact.flush()


def test_a_secret_is_taken_out_whatever_border_cuts_it():
    exact = Exact(SECRETS)
    assert fed(exact.fresh(), [STREAM]) == CLEAN
    assert fed(exact.fresh(), [STREAM[at : at + 1] for at in range(len(STREAM))]) == CLEAN
    for first in range(len(STREAM)):
        assert fed(exact.fresh(), [STREAM[:first], STREAM[first:]]) == CLEAN
    chance = random.Random(7)
    for _ in range(200):
        cuts = sorted(chance.sample(range(1, len(STREAM)), 12))
        pieces = [STREAM[a:b] for a, b in zip([0, *cuts], [*cuts, len(STREAM)], strict=True)]
        assert fed(exact.fresh(), pieces) == CLEAN


def test_of_overlapping_secrets_the_result_does_not_depend_on_the_borders():
    chance = random.Random(11)
    for _ in range(100):
        secrets = ["".join(chance.choices("ab", k=chance.randint(8, 10))) for _ in range(4)]
        stream = "".join(chance.choices("ab", k=60)).encode()
        whole = fed(Exact(secrets), [stream])
        assert not any(secret.encode() in whole for secret in secrets)
        for _ in range(5):
            cuts = sorted(chance.sample(range(1, 60), 8))
            pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, 60], strict=True)]
            assert fed(Exact(secrets), pieces) == whole


def test_nothing_is_held_back_but_what_may_begin_a_secret():
    exact = Exact(["the-secret-value"])
    assert exact.feed(b"hello, th") == b"hello, "
    assert exact.held_bytes == b"th"
    assert exact.feed(b"en") == b"then"
    assert not exact.held_bytes


def test_without_secrets_a_stream_passes_as_it_is():
    data = b"anything"
    assert Exact([]).feed(data) is data
    assert Exact(["short", ""]).feed(data) is data


def test_a_text_of_its_own_is_redacted_whole():
    assert Exact(["the-secret-value"]).text("title the-secret-value") == f"title {REDACTED}"


KEYS = {
    "anthropic": "sk-ant-api03-" + "aB3_" * 20,
    "openai": "sk-proj-" + "aB3" * 15,
    "github": "ghp_" + "a1B2" * 9,
    "github pat": "github_pat_" + "a1B2" * 15,
    "aws": "AKIA" + "ABCD1234" * 2,
    "google": "AIza" + "aB3-5" * 7,
    "slack": "xoxb-123456789012-abcdef",
    "gitlab": "glpat-" + "a1B2" * 5,
    "hugging face": "hf_" + "a1B2" * 9,
    "npm": "npm_" + "a1B2" * 9,
    "agterm": "agt-" + "a1B2" * 6,
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEabc+/=\nabc\n-----END RSA PRIVATE KEY-----",
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_common_key_is_taken_out(kind):
    assert patterns(f"before {KEYS[kind]} after") == f"before {REDACTED} after"


def test_what_names_the_secret_stays():
    said = patterns(
        "curl -H 'Authorization: Bearer abcdefghijklmnop' https://me:hunter2@example.org/x\n"
        "FOO_API_KEY=abcdefghijklmnop aws_secret_access_key = abcdefghijklmnopqrst"
    )
    assert said == (
        f"curl -H 'Authorization: Bearer {REDACTED}' https://me:{REDACTED}@example.org/x\n"
        f"FOO_API_KEY={REDACTED} aws_secret_access_key = {REDACTED}"
    )


def test_ordinary_text_stays_as_it_is():
    text = "task-list risk-something-very-long-indeed https://example.org:8080/a@b bearer of news, token=3\ud800é"
    assert patterns(text) == text


def test_a_coloured_key_is_taken_out():
    assert patterns("\x1b[1;32m" + KEYS["openai"] + "\x1b[0m") == f"\x1b[1;32m{REDACTED}\x1b[0m"
    assert patterns("\x1b[1mhttps://me:hunter2@example.org") == f"\x1b[1mhttps://me:{REDACTED}@example.org"
