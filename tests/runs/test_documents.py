"""OpenAPI documents that users register: what they become, what is refused, and who has them."""

import json

import pytest

from agterm_agent import settings
from runs import documents
from sessions import services as sessions
from sessions.models import Session

PETS = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "2"},
    "servers": [{"url": "https://pets.example.org/v1/"}],
    "paths": {
        "/pets": {
            "get": {"operationId": "listPets", "summary": "All pets", "responses": {}},
            "post": {
                "operationId": "addPet",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                },
                "responses": {},
            },
        },
        "/pets/{id}": {
            "delete": {
                "operationId": "removePet",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {},
            },
        },
        "/search": {"post": {"operationId": "grep", "x-agterm-safety": "read_only", "responses": {}}},
    },
    "components": {"schemas": {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}}},
}


@pytest.fixture
def put(mine):
    return lambda name, document, **fields: mine.put(
        f"/api/schemas/{name}", {"document": document} | fields, format="json"
    )


@pytest.fixture
def mine(client, owner):
    return client(owner)


@pytest.fixture(autouse=True)
def _all_runs_end(db):
    """None is started here."""


def test_each_operation_is_a_tool_and_says_how_safe_it_is(mine, put):
    answer = put("pets", PETS)
    assert answer.status_code == 201, answer.content
    shown = answer.json()["data"]["document"]
    assert (shown["title"], shown["baseUrl"], shown["notices"]) == ("Pets", "https://pets.example.org/v1", [])
    tools = {tool["name"]: tool for tool in mine.get("/api/tools").json()["data"]["tools"]}
    safety = {name: (tools[name]["safety"], tools[name]["provenance"]) for name in (*shown["tools"][:3], "pets_grep")}
    assert safety == {
        "listPets": ("read_only", "inferred"),
        "addPet": ("mutating", "inferred"),
        "removePet": ("destructive", "inferred"),
        "pets_grep": ("read_only", "declared"),
    }
    assert tools["grep"]["source"] == "builtin"
    assert tools["addPet"]["parameters"]["properties"]["body"]["properties"] == {"name": {"type": "string"}}
    assert tools["run_command"]["safety"] == "mutating"


def test_a_document_is_replaced_shown_and_deleted(mine, put):
    put("pets", PETS)
    again = put("pets", json.dumps(PETS), baseUrl="http://127.0.0.1:9/api")
    assert (again.status_code, again.json()["data"]["document"]["baseUrl"]) == (200, "http://127.0.0.1:9/api")
    assert [one["name"] for one in mine.get("/api/schemas").json()["data"]["documents"]] == ["pets"]
    kept = mine.get("/api/schemas/pets").json()["data"]["document"]["content"]
    assert kept == PETS | {"servers": [{"url": "http://127.0.0.1:9/api"}]}
    schema = mine.get("/api/tools/schema").json()["data"]
    assert (schema["source"], schema["resources"][0]["actions"][0]["name"]) == ("openapi", "listPets")
    assert mine.get("/api/config/public").json()["data"]["syncSource"] == "openapi"
    assert mine.delete("/api/schemas/pets").json()["data"] == {"name": "pets", "deleted": True}
    assert mine.get("/api/schemas/pets").status_code == 404
    assert mine.get("/api/tools/schema").json()["data"] == {"version": 1, "source": None, "resources": []}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("https://example.org/openapi.json", "does not fetch addresses"),
        ("{", "must be JSON"),
        ("[1]", "must be a JSON object"),
        ({}, "baseUrl"),
        (PETS | {"servers": [{"url": "/v1"}]}, "baseUrl"),
        (PETS | {"servers": [{"url": "file:///etc/passwd"}]}, "baseUrl"),
        (PETS | {"openapi": "2.0"}, "version"),
        (PETS | {"paths": {}}, "operations"),
        (PETS | {"paths": {"/x": {"get": {"responses": 5}}}}, "not valid"),
        (PETS | {"components": {"schemas": {"A": {"$ref": "http://10.0.0.1/x.json"}}}}, "nothing is fetched"),
        (PETS | {"components": {"schemas": {"A": {"$ref": "/etc/passwd"}}}}, "nothing is fetched"),
        (PETS | {"info": {"title": "x" * 1_100_000, "version": "1"}}, "at most 1 MiB"),
    ],
)
def test_what_is_no_document_of_its_own_is_refused(mine, put, document, words):
    answer = put("pets", document)
    assert answer.status_code == 400, answer.content
    assert words in answer.json()["error"]["message"]
    assert mine.get("/api/schemas").json()["data"]["documents"] == []


def test_a_document_that_refers_to_itself_is_taken(put):
    tree = {
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/T"}}},
    }
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}}
    paths = {"/t": {"post": {"operationId": "plant", "requestBody": body, "responses": {}}}}
    assert put("trees", PETS | {"paths": paths, "components": {"schemas": {"T": tree}}}).status_code == 201


def test_names_are_plain_and_documents_are_few(mine, put, monkeypatch):
    for name in ("Pets", "a.b", "x" * 33):
        assert put(name, PETS).status_code == 400
    monkeypatch.setattr(documents, "MAX_DOCUMENTS", 1)
    assert put("one", PETS).status_code == 201
    assert put("two", PETS).status_code == 409
    assert put("one", PETS).status_code == 200


def test_nobody_sees_anothers_documents(put, client, stranger, staff):
    put("pets", PETS)
    for other in (client(stranger), client(staff)):
        assert other.get("/api/schemas").json()["data"]["documents"] == []
        assert other.get("/api/schemas/pets").status_code == 404
        assert other.delete("/api/schemas/pets").status_code == 404
        assert "addPet" not in other.get("/api/tools").content.decode()
    assert client().get("/api/tools").status_code == 401


def test_its_owners_agents_find_it_in_their_home_and_no_mark_in_it_is_expanded(put, owner, stranger):
    put("pets", PETS | {"info": {"title": "@AGTERM_HOME@", "version": "1"}})
    files = documents.home_files(owner.pk, "agterm")
    text = files[".config/agterm-agent/openapi/pets.json"]
    assert json.loads(files[".config/agterm-agent/openapi/_names.json"]) == ["pets"]
    assert json.loads(text.replace("@AGTERM_AT@", "@"))["paths"] == PETS["paths"]
    assert '"@AGTERM_AT@AGTERM_HOME@"' in text
    assert documents.home_files(owner.pk, "claude") == {}
    assert "[]" in documents.home_files(stranger.pk, "agterm").values()


def test_they_come_with_each_start_of_our_agent_which_reads_them(put, owner, tmp_path, configure):
    configure(provider_environment={"ANTHROPIC_API_KEY": "sk-ant-fake"})
    put("pets", PETS)
    row = Session(owner=owner, agent="agterm", provider="anthropic", model="m", recipe={"agent": "agterm"})
    for path, text in sessions.prepared(row).home_files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    said = settings.load(settings.Flags(cwd=str(tmp_path)), {"HOME": str(tmp_path)}, needs_model=False)
    assert [document["name"] for document in said.openapi] == ["pets"]
