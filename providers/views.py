"""The REST door of providers and their keys: one view a URL, no logic of its own."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.errors import Conflict, InvalidRequest, NotFound
from core.payloads import parse, parse_query
from providers import answers, serializers, services
from providers.payloads import PutKey, WhichKey


class Providers(APIView):
    @described("listProviders", "All providers, and what they lack", answers.ProvidersAnswer)
    def get(self, request: Request) -> Response:
        user = caller(request)
        found = services.standing(user)
        return Response(
            {
                "providers": [serializers.provider(each, is_staff=user.is_staff) for each in found],
                "configuredProviders": [each.provider.id for each in found if each.is_configured],
            }
        )


class Keys(APIView):
    @described("listKeys", "Your stored keys and those for everybody, never the keys themselves", answers.KeysAnswer)
    def get(self, request: Request) -> Response:
        user = caller(request)
        rows = services.stored_keys(user)
        return Response({"keys": [serializers.key(row, is_staff=user.is_staff) for row in rows]})

    @described(
        "putKey",
        "Store a key in place of the one before",
        answers.KeyAnswer,
        asks=PutKey,
        errors=(NotFound,),
        details="`scope: all` and `baseUrl` are for staff.",
        example_asked={"provider": "openai", "key": "sk-0123456789abcdef"},
    )
    def put(self, request: Request) -> Response:
        user = caller(request)
        row = services.put_key(user, parse(PutKey, request.data))
        return Response({"key": serializers.key(row, is_staff=user.is_staff)})

    @described(
        "deleteKey",
        "Forget a stored key; the next call does without it",
        answers.KeyDeletedAnswer,
        query=WhichKey,
        errors=(NotFound,),
    )
    def delete(self, request: Request) -> Response:
        wanted = parse_query(WhichKey, request.query_params)
        services.delete_key(caller(request), wanted)
        return Response({"provider": wanted.provider, "scope": wanted.scope, "deleted": True})


class Test(APIView):
    @described(
        "testKey",
        "Ask the provider for its models with the key that your calls go out with",
        answers.KeyTrialAnswer,
        errors=(Conflict, InvalidRequest),
    )
    def post(self, request: Request, provider_id: str) -> Response:
        said = services.try_out(caller(request), provider_id)
        return Response({"provider": provider_id, "outcome": said.outcome, "status": said.status})
