"""Whatever JSON somebody sends as a profile is stored as it was shown, or refused; never a crash."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

text = st.text(max_size=20)
scalar = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text
anything = st.recursive(scalar, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3))
fields = {
    "agent": st.sampled_from(["shell", "codex", "claude", "gemini"]) | anything,
    "path": st.sampled_from(["sh", "/bin/sh"]) | anything,
    "args": st.lists(text, max_size=3) | anything,
    "env": st.dictionaries(st.from_regex(r"[A-Za-z_]\w{0,5}", fullmatch=True) | text, text, max_size=3) | anything,
    "cwd": text.map("/".__add__) | anything,
    "icon": anything,
    "color": st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True) | anything,
    "tags": st.lists(text, max_size=3) | anything,
    "provider": anything,
    "model": anything,
    "initialCommand": anything,
    "prompt": anything,
    "id": anything,
}
bodies = st.fixed_dictionaries({"name": text | anything}, optional=fields) | anything
quietly = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@quietly
@given(body=bodies)
def test_any_json_is_stored_as_shown_or_refused(body, owner, mine):
    answer = mine.post("/api/profiles", body, format="json")
    assert answer.status_code in {201, 400, 404, 409, 413}, answer.json()
    if answer.status_code == 201:
        made = answer.json()["data"]["profile"]
        url = f"/api/profiles/{made['id']}"
        assert mine.get(url).json()["data"]["profile"] == made
        again = mine.put(url, made, format="json").json()["data"]["profile"]
        assert again | {"updatedAt": made["updatedAt"]} == made
        assert mine.delete(url).status_code == 200
