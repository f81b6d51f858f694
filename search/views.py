"""The REST door of search: one view a URL, no logic of its own."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.envelope import parse
from core.errors import Conflict, HostUnavailable, NotFound, SessionNotFound
from core.payloads import parse_query
from search import answers, examples, payloads, serializers, services


class Search(APIView):
    for_viewers = ("POST",)  # it only reads

    @described(
        "search", "Searches what sessions printed and were told, the newest first", answers.SearchResults,
        asks=payloads.Search, errors=(Conflict, NotFound, SessionNotFound, HostUnavailable),
        example=examples.RESULTS, example_asked=examples.SEARCH,
        details='Words that must all be there, `"several in a row"`, `-without`, `begin*`. 409 where search is off.',
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        wanted = parse(payloads.Search, request.data)
        return Response(serializers.found(services.search(caller(request), wanted)))


class Suggestions(APIView):
    @described(
        "suggestWords", "How the last word may go on", answers.SearchSuggestions,
        query=payloads.Suggest, errors=(Conflict, HostUnavailable), example=examples.SUGGESTIONS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.Suggest, request.query_params)
        return Response({"suggestions": services.suggestions(caller(request), wanted.q, wanted.limit)})


class Index(APIView):
    @described(
        "clearSearchIndex", "Forgets all text of the caller's sessions; `all` is for staff", answers.SearchIndexCleared,
        query=payloads.Clear, errors=(HostUnavailable,), example=examples.CLEARED,
    )  # fmt: skip
    def delete(self, request: Request) -> Response:
        wanted = parse_query(payloads.Clear, request.query_params)
        services.clear(caller(request), everybody=wanted.all)
        return Response({"status": "cleared"})
