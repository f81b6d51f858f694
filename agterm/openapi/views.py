"""The doors of the description: the OpenAPI document, and a page to read it and try it out. Open to all: no secrets."""

import hashlib
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import ensure_csrf_cookie
from pydantic import BaseModel, ConfigDict
from rest_framework.request import Request
from rest_framework.views import APIView

from core.described import Raw, described
from core.payloads import parse_query

KINDS = {"json": "application/json", "yaml": "application/yaml"}


class AskSchema(BaseModel):
    """Query parameters."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["json", "yaml"] = "json"


class Schema(APIView):
    authentication_classes: Any = ()
    permission_classes: Any = ()

    @described(
        "getSchema",
        "This document: OpenAPI 3.1 of every endpoint",
        (Raw(KINDS["json"]), Raw(KINDS["yaml"], dict[str, Any])),
        query=AskSchema,
        also={304: Raw("")},
    )
    def get(self, request: Request) -> HttpResponse:
        from agterm.openapi import generator  # it takes its time, and few ask

        wanted = parse_query(AskSchema, request.query_params).format
        text = generator.as_json() if wanted == "json" else generator.as_yaml()
        headers = {"ETag": f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"', "Cache-Control": "no-cache"}
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return HttpResponse(status=304, headers=headers)
        return HttpResponse(text, content_type=f"{KINDS[wanted]}; charset=utf-8", headers=headers)


@method_decorator(ensure_csrf_cookie, name="dispatch")
class Docs(APIView):
    authentication_classes: Any = ()
    permission_classes: Any = ()

    @described("getDocs", "A page that shows this document, where calls can be tried out", Raw("text/html"))
    def get(self, request: Request) -> HttpResponse:
        page: HttpRequest = request._request
        return render(page, "api_docs.html")
