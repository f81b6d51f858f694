"""OpenAPI documents become tools: requests as the document says, and a plain word where one cannot be used."""

import json

import pytest

from agterm_agent.policy import Modes
from agterm_agent.tools.toolbox import Toolbox


def document(paths, **more):
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths} | more


def operation(name, **more):
    return {"operationId": name, "responses": {"200": {"description": "ok"}}} | more


PETS = document(
    {
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": operation(
                "getPet",
                summary="One pet",
                parameters=[
                    {"$ref": "#/components/parameters/Tags"},
                    {
                        "name": "flat",
                        "in": "query",
                        "explode": False,
                        "schema": {"type": "array", "items": {"type": "integer"}},
                    },
                    {"name": "deep", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                    {"name": "Authorization", "in": "header", "schema": {"type": "string"}},
                    {"name": "id", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "session", "in": "cookie", "schema": {"type": "string"}},
                ],
            ),
            "put": operation(
                "putPet",
                requestBody={
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                },
            ),
            "delete": operation("drop pet!"),
        },
        "/login": {
            "post": operation(
                "login",
                requestBody={"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}},
            )
        },
        "/upload": {"post": operation("upload", requestBody={"content": {"multipart/form-data": {"schema": {}}}})},
        "/unnamed/{x}": {"get": {"responses": {"200": {"description": "ok"}}}},
        "/said": {"post": operation("said", **{"x-agterm-safety": "read_only"})},
        "/nonsense": {"post": operation("nonsense", **{"x-agterm-safety": "harmless"})},
    },
    components={
        "parameters": {
            "Tags": {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}
        },
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "example": "left out"},
                    "parent": {"$ref": "#/components/schemas/Pet"},
                },
            }
        },
    },
)


@pytest.fixture
def opened(workspace, web):
    def made(found, **settings):
        (workspace / "api.json").write_text(found if isinstance(found, str) else json.dumps(found))
        settings = {"name": "pets", "path": "api.json", "base_url": f"{web.url}/api/"} | settings
        declared = {name: value for name, value in settings.items() if value is not None}
        return Toolbox(workspace, workspace.parent / "changes", openapi=[declared])

    return made


async def used(box, name, **arguments):
    return await box.call("1", name, arguments, modes=Modes())


async def test_each_operation_is_a_tool_as_safe_as_its_method_suggests(opened):
    async with opened(PETS) as box:
        tools = {tool["name"]: tool for tool in box.declare() if tool["source"] == "openapi:pets"}
        said = {name: (tool["safety"], tool["provenance"]) for name, tool in tools.items()}
        assert said == {
            "getPet": ("read_only", "inferred"),
            "putPet": ("mutating", "inferred"),
            "drop_pet": ("destructive", "inferred"),
            "login": ("mutating", "inferred"),
            "get__unnamed_x": ("read_only", "inferred"),
            "said": ("read_only", "declared"),
            "nonsense": ("mutating", "inferred"),
        }
        assert tools["getPet"]["description"] == "One pet (pets)"
        assert set(tools["getPet"]["parameters"]["properties"]) == {
            "id",
            "tags",
            "flat",
            "deep",
            "X-Trace",
            "id_query",
            "session",
        }
        pet = tools["putPet"]["parameters"]["properties"]["body"]
        assert pet["properties"]["name"] == {"type": "string"}
        assert pet["properties"]["parent"]["properties"]["parent"]["type"] == "object"
        assert "$ref" not in json.dumps(tools)
        assert tools["putPet"]["parameters"]["required"] == ["id", "body"]
        assert len(box.notices) == 1
        assert "POST /upload is left out: it takes a body of multipart/form-data" in box.notices[0]


async def test_arguments_go_where_the_document_says(opened, web):
    web.pages["/api/pets/a%2Fb%20c"] = (200, {"Content-Type": "application/json"}, {"name": "Rex"})
    async with opened(PETS, headers={"Authorization": "Bearer mine"}) as box:
        output = await used(
            box, "getPet", tags=["x", "y&z"], flat=[1, 2], deep={"k": "v"}, session="s=1",
            **{"id": "a/b c", "X-Trace": "t", "id_query": True},
        )  # fmt: skip
    assert (output.ok, output.text) == (True, '200 OK\n{"name": "Rex"}')
    asked = web.asked[0]
    assert asked["path"] == "/api/pets/a%2Fb%20c?tags=x&tags=y%26z&flat=1%2C2&deep%5Bk%5D=v&id=true"
    headers = {name.lower(): value for name, value in asked["headers"].items()}
    assert (headers["x-trace"], headers["authorization"], headers["cookie"]) == ("t", "Bearer mine", "session=s%3D1")


async def test_bodies_go_in_the_form_that_is_asked_for(opened, web):
    web.pages |= {"/api/pets/1": (201, {}, b""), "/api/login": (200, {"Content-Type": "text/plain"}, b"in")}
    async with opened(PETS) as box:
        assert (await used(box, "putPet", id="1", body={"name": "Rex ü"})).text == "201 Created"
        assert (await used(box, "login", body={"user": "a&b", "n": 1})).text == "200 OK\nin"
        assert "body is missing" in (await used(box, "putPet", id="1")).text
        assert "name is missing" in (await used(box, "putPet", id="1", body={})).text
        simulated = await box.call("1", "putPet", {"id": "1", "body": {"name": "R"}}, modes=Modes(dry_run=True))
    assert f'PUT {web.url}/api/pets/1\n{{"name": "R"}}' in simulated.text
    assert [(asked["method"], asked["body"]) for asked in web.asked] == [
        ("PUT", '{"name": "Rex ü"}'),
        ("POST", "user=a%26b&n=1"),
    ]


@pytest.mark.parametrize("value", ["..", ".", ""])
async def test_no_argument_leads_to_another_path(opened, web, value):
    async with opened(PETS) as box:
        assert "cannot stand in a path" in (await used(box, "getPet", id=value)).text
        assert not (await used(box, "getPet", id="1", **{"X-Trace": "a\r\nX-Evil: 1"})).ok
        assert not (await used(box, "getPet", id="\ud800")).ok
    assert web.asked == []


async def test_errors_and_redirects_are_told_and_keys_not_carried_elsewhere(opened, web):
    web.pages["/api/said"] = (302, {"Location": "http://elsewhere.invalid/"}, b"")
    web.pages["/api/nonsense"] = (422, {"Content-Type": "application/json"}, {"error": "bad \x1b"})
    async with opened(PETS, headers={"X-Key": "mine"}) as box:
        moved = await used(box, "said")
        wrong = await used(box, "nonsense")
        web.pages["/api/unnamed/1"] = (200, {"Content-Type": "image/png"}, b"\x89")
    assert (moved.ok, moved.text) == (False, "302 Found, to http://elsewhere.invalid/ (not followed)")
    assert (wrong.ok, wrong.text.split("\n")[1]) == (False, '{"error": "bad \\u001b"}')


async def test_a_document_from_the_web_says_itself_where_requests_go(opened, web):
    web.pages["/v1/openapi.json"] = (200, {"Content-Type": "application/json"}, PETS | {"servers": [{"url": "/v2/"}]})
    web.pages["/v2/said"] = (200, {"Content-Type": "text/plain"}, b"here")
    async with opened("", path=None, url=f"{web.url}/v1/openapi.json", base_url=None, headers={"X-Key": "m"}) as box:
        assert (await used(box, "said")).text == "200 OK\nhere"
    web.pages["/v1/openapi.json"] = (200, {}, PETS | {"servers": [{"url": "https://elsewhere.invalid/"}]})
    async with opened("", path=None, url=f"{web.url}/v1/openapi.json", base_url=None, headers={"X-Key": "m"}) as box:
        assert "give that as base_url if it may have your headers" in box.notices[0]


async def test_variables_of_a_server_have_their_defaults(opened, web):
    servers = [{"url": "http://{host}/x", "variables": {"host": {"default": web.url.removeprefix("http://")}}}]
    web.pages["/x/said"] = (200, {"Content-Type": "text/plain"}, b"here")
    async with opened(PETS | {"servers": servers}, base_url=None) as box:
        assert (await used(box, "said")).text == "200 OK\nhere"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ("openapi: 3.0.0", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ([], "it is of version ?; 3.0 and 3.1 can be used"),
        ({"swagger": "2.0"}, "it is of version 2.0 (swagger)"),
        (document({}) | {"openapi": "4.0.0"}, "it is of version 4.0.0"),
        ({"openapi": "3.1.0"}, "it is not valid: "),
        (document({"/x": {"get": {"parameters": "many"}}}), "it is not valid: "),
        (document({"/x": {"get": operation("x", parameters=[{"$ref": "#/nowhere"}])}}), "a reference leads nowhere"),
        (document({"/x": {"get": operation("x", parameters=[{"$ref": "http://h.invalid/y"}])}}), "leads nowhere"),
        (document({"/x": {"get": operation("x", parameters=[{"$ref": "file:///etc/passwd"}])}}), "leads nowhere"),
    ],
)
async def test_a_document_that_cannot_be_used_is_a_notice(opened, found, words):
    async with opened(found) as box:
        assert len(box.notices) == 1
        assert box.notices[0].startswith("OpenAPI document pets: ")
        assert words in box.notices[0]
        assert all(tool["source"] == "builtin" for tool in box.declare())


async def test_a_document_that_is_not_there_is_a_notice(opened, web, workspace):
    for settings in (
        {"path": "nothing.json"},
        {"path": "."},
        {"path": None},
        {"path": None, "url": f"{web.url}/nothing"},
    ):
        async with opened("{}", **settings) as box:
            assert len(box.notices) == 1
    async with opened(PETS, base_url=None) as box:
        assert "give a base_url" in box.notices[0]


async def test_a_document_of_version_3_0_is_read_as_well(opened, web):
    web.pages["/api/old"] = (200, {"Content-Type": "text/plain"}, b"old")
    nullable = {"name": "n", "in": "query", "schema": {"type": "string", "nullable": True}}
    found = document({"/old": {"get": operation("old", parameters=[nullable])}}) | {"openapi": "3.0.3"}
    async with opened(found) as box:
        assert (await used(box, "old", n="1")).text == "200 OK\nold"


async def test_a_document_made_to_be_endless_is_cut(opened):
    schemas = {
        f"S{n}": {
            "type": "object",
            "properties": {f"p{k}": {"$ref": f"#/components/schemas/S{n + 1}"} for k in range(9)},
        }
        for n in range(9)
    }
    schemas["S9"] = {"type": "object", "properties": {"again": {"$ref": "#/components/schemas/S0"}}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S0"}}}}
    found = document({"/x": {"post": operation("x", requestBody=body)}}, components={"schemas": schemas})
    found["paths"] |= {f"/y{n}": {"get": operation("y")} for n in range(300)}
    async with opened(found) as box:
        tools = [tool for tool in box.declare() if tool["source"] != "builtin"]
        assert len(tools) == len({tool["name"] for tool in tools}) == 200
        assert len(json.dumps(tools[0])) < 100_000
        assert "only the first 200 operations" in box.notices[0]


async def test_an_operation_does_not_take_the_name_of_a_tool_that_is_there(opened, web):
    async with opened(document({"/x": {"get": operation("read_file")}})) as box:
        assert [tool["name"] for tool in box.declare() if tool["source"] != "builtin"] == ["pets_read_file"]
