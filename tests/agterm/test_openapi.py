"""The described API: every endpoint is in the document, it is sound, and anybody can read it."""

import json
import re

import jsonschema_rs
import pytest
import yaml
from support import described

from agterm.openapi import endpoints, generator
from core.described import Raw, description_of

REFERENCES = re.compile(r'"\$ref": "#/components/(\w+)/([^"]+)"')


@pytest.fixture(scope="module")
def document():
    return generator.document()


@pytest.fixture(scope="module")
def operations(document):
    return {operation["operationId"]: operation for path in document["paths"].values() for operation in path.values()}


def test_every_endpoint_is_described():
    missing = [f"{each.method.upper()} {each.path}" for each in endpoints.all_of_them() if each.description is None]
    assert missing == []


def test_every_method_of_every_view_under_api_is_an_endpoint_of_the_document(document):
    found = {(each.path, each.method) for each in endpoints.all_of_them() if each.description is not None}
    assert found == {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert ("/api/sessions/{sessionId}", "delete") in found
    assert ("/api/events", "get") in found  # no view of REST framework's
    assert ("/uploads/{uploadId}", "get") in found


def test_operations_have_names_of_their_own():
    names = [each.description.name for each in endpoints.all_of_them() if each.description is not None]
    assert len(set(names)) == len(names)


def test_the_document_is_openapi_3_1_and_all_that_it_refers_to_is_there(document):
    assert document["openapi"] == "3.1.1"
    referred = set(REFERENCES.findall(json.dumps(document)))
    missing = [f"{kind}/{name}" for kind, name in referred if name not in document["components"].get(kind, {})]
    assert missing == []
    assert {tag for each in document["paths"].values() for said in each.values() for tag in said["tags"]} == {
        tag["name"] for tag in document["tags"]
    }


def test_every_schema_is_one(document):
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}), name


def test_every_example_is_what_its_schema_says(document, operations):
    shown = 0
    for name, operation in operations.items():
        contents = [operation.get("requestBody", {}).get("content", {})]
        contents += [response.get("content", {}) for response in operation["responses"].values()]
        for content in [each["application/json"] for each in contents if "application/json" in each]:
            if "example" in content:
                shown += 1
                whole = {**content["schema"], "components": document["components"]}
                wrong = [
                    error.message for error in jsonschema_rs.Draft202012Validator(whole).iter_errors(content["example"])
                ]
                assert wrong == [], name
    assert shown > 10


def test_answers_say_all_they_hold_and_requests_what_they_take(document):
    components = document["components"]["schemas"]
    assert components["Session"]["additionalProperties"] is False
    assert set(components["CreateSession"]["properties"]) >= {"agent", "budget", "repo"}
    assert components["Limit"]["properties"]["limitUsd"]["anyOf"][0]["type"] == "string"
    assert "missingEnvVars" not in components["Agent"]["required"]


def test_what_goes_without_saying_is_said(operations):
    said = operations["changeSession"]["responses"]
    assert set(said) >= {"200", "400", "401", "403", "404", "413", "429", "500", "503"}
    assert said["404"]["$ref"].endswith("/NotFoundOrSessionNotFound")
    assert operations["getHealth"]["security"] == []
    assert {"token": []} in operations["watchEvents"]["security"]
    assert {"token": []} not in operations["listSessions"]["security"]


@pytest.mark.django_db
def test_anybody_can_read_the_document_as_json_and_as_yaml(client, document):
    answer = client().get("/api/schema")
    assert answer["Content-Type"].startswith("application/json")
    assert answer.json() == document
    assert client().get("/api/schema", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert yaml.safe_load(client().get("/api/schema?format=yaml").content) == document
    refused = client().get("/api/schema?format=xml")
    assert refused.status_code == 400
    assert refused.json()["error"]["details"]["fields"][0]["field"] == "format"


@pytest.mark.django_db
def test_anybody_can_read_the_page_of_the_document_which_runs_no_inline_script(client):
    answer = client().get("/api/docs")
    assert answer.status_code == 200
    page = answer.content.decode()
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page)
    assert [src.partition("src=")[2] != "" and not inline for src, inline in scripts] == [True, True]
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        assert client().get(address).status_code == 200, address


def test_an_answer_that_is_not_as_described_fails_the_test_that_gets_it():
    health = {"status": "ok", "version": "1", "uptime": 3, "timestamp": "2026-01-31T12:00:00.000Z"}

    def got(status, body, kind="application/json"):
        described.check("GET", "/api/health", status, kind, body if body is None else json.dumps(body).encode())

    got(200, health)
    for status, body, kind, why in [
        (200, health | {"extra": 1}, "application/json", "extra"),
        (200, health | {"uptime": "3"}, "application/json", "uptime"),
        (200, None, "text/html", "text/html"),
        (418, None, "application/json", "418"),
        (500, {"success": False, "error": {"code": "CONFLICT", "message": ""}}, "application/json", "CONFLICT"),
    ]:
        with pytest.raises(described.Undescribed, match=why):
            got(status, body, kind)


def test_a_stream_and_a_file_are_described_by_their_kinds(operations):
    assert list(operations["watchEvents"]["responses"]["200"]["content"]) == ["text/event-stream"]
    assert set(operations["exportCosts"]["responses"]["200"]["content"]) == {"application/json", "text/csv"}
    said = {each.description.name: each.description for each in endpoints.all_of_them() if each.description}
    assert isinstance(said["getHealth"].answers[200], Raw)


def test_what_is_not_described_has_no_description():
    class View:
        def get(self): ...

    assert description_of(View, "get") is None
    assert description_of(View, "post") is None
