"""Holds every answer of the API that a test gets against the OpenAPI document: its status, its kind, every field."""

import json
from functools import cache

import httpx
import jsonschema_rs
from django.test.client import AsyncClient, Client
from django.urls import Resolver404, resolve

JSON = "application/json"
SILENT = ("HEAD", "OPTIONS")
OURS = ("127.0.0.1", "localhost", "[::1]")


class Undescribed(AssertionError):
    """The server answered what its document does not say."""


def watch_clients():
    """From now on every answer that Django's test clients and httpx's get is looked at, and what is wrong raised."""
    plain, awaited = Client.request, AsyncClient.request
    sent, sent_async = httpx.Client.send, httpx.AsyncClient.send

    def request(self, **asked):
        response = plain(self, **asked)
        look(response.request["REQUEST_METHOD"], response.request["PATH_INFO"], response)
        return response

    async def request_async(self, **asked):
        response = await awaited(self, **asked)
        look(response.request["method"], response.request["path"], response)
        return response

    def send(self, *asked, **options):
        response = sent(self, *asked, **options)
        look_at_wire(response)
        return response

    async def send_async(self, *asked, **options):
        response = await sent_async(self, *asked, **options)
        look_at_wire(response)
        return response

    Client.request, AsyncClient.request = request, request_async
    httpx.Client.send, httpx.AsyncClient.send = send, send_async


def look(method, path, response):
    """`response` is Django's."""
    body = None if getattr(response, "streaming", False) else response.content
    check(method, path, response.status_code, response.headers.get("Content-Type", ""), body)


def look_at_wire(response):
    """`response` is httpx's; of one that is still streamed there is no body to look at."""
    request = response.request
    if request.headers["host"].rpartition(":")[0] not in OURS:
        return  # a preview's own origin, the sessions' door: what is served there is not the API
    body = response.content if response.is_stream_consumed else None
    check(request.method, request.url.path, response.status_code, response.headers.get("Content-Type", ""), body)


def check(method, path, status, content_type, body):
    """Raises `Undescribed`. `body`: None when it comes in pieces; then only its kind counts."""
    operation = operation_at(method, path)
    if operation is None:
        return
    said = operation["responses"].get(str(status))
    where = f"{method} {path} ({operation['operationId']}): {status}"
    if said is None:
        raise Undescribed(f"{where} is not in the document: {_short(body)}")
    contents = resolved(said).get("content", {})
    kind = content_type.partition(";")[0].strip()
    if not contents or (body == b"" and JSON not in contents):
        if body:
            raise Undescribed(f"{where} has a body, and the document says none: {_short(body)}")
        return
    if kind not in contents and not any(_covers(pattern, kind) for pattern in contents):
        raise Undescribed(f"{where} is {kind}, and the document says {', '.join(contents)}")
    if kind == JSON and body is not None and JSON in contents:
        validator = validators(operation["operationId"], str(status))
        wrong = next(validator.iter_errors(json.loads(body)), None) if validator else None
        if wrong is not None:
            place = "/".join(map(str, wrong.instance_path))
            raise Undescribed(f"{where}: {place or 'the body'}: {wrong.message[:500]}")


def _covers(pattern, kind):
    return pattern.endswith("/*") and kind.startswith(pattern[:-1])


def _short(body):
    return (body or b"").decode(errors="replace")[:500]


@cache
def document():
    from agterm.openapi import generator

    return generator.document()


@cache
def by_route():
    from agterm.openapi import endpoints

    paths = document()["paths"]
    return {
        (each.method.upper(), each.route): paths[each.path][each.method]
        for each in endpoints.all_of_them()
        if each.description is not None
    }


def operation_at(method, path):
    """What the document says of this method and path; None for what is no endpoint, or has no such method."""
    if method in SILENT or not path.startswith(("/api/", "/uploads/")):
        return None
    try:
        route = resolve(path).route
    except Resolver404:
        return None
    return by_route().get((method, route))


def resolved(said):
    return document()["components"]["responses"][said["$ref"].rpartition("/")[2]] if "$ref" in said else said


@cache
def _registry():
    answers = {
        f"{operation['operationId']}-{status}": resolved(said).get("content", {}).get(JSON, {}).get("schema", {})
        for operation in by_route().values()
        for status, said in operation["responses"].items()
    }
    everything = {"answers": answers, "components": document()["components"]}
    return jsonschema_rs.Registry([("urn:agterm", everything)], draft=jsonschema_rs.Draft202012)


@cache
def validators(operation_id, status):
    reference = {"$ref": f"urn:agterm#/answers/{operation_id}-{status}"}
    return jsonschema_rs.Draft202012Validator(reference, registry=_registry())
