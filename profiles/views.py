"""The REST door of profiles and shells: one view a URL, no logic of its own."""

from typing import Any

from django.contrib.auth.models import User
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.errors import AgentNotFound, Conflict
from core.payloads import parse
from profiles import answers, serializers, services
from profiles.models import Profile
from profiles.payloads import WriteProfile

PROBLEMS = (AgentNotFound, Conflict)  # of a profile that is to be kept


class Shells(APIView):
    @described("listShells", "The shells that sessions may run", answers.ShellsAnswer)
    def get(self, request: Request) -> Response:
        found = services.shells(caller(request))
        return Response(found | {"shells": [serializers.shell(path) for path in found["shells"]]})


class Profiles(APIView):
    @described("listProfiles", "The shells of the machine, then your own profiles", answers.ProfilesAnswer)
    def get(self, request: Request) -> Response:
        user = caller(request)
        default_id = services.default_id(user)
        return Response({"profiles": [serializers.profile(row, default_id) for row in services.listed(user)]})

    @described(
        "createProfile",
        "A named way to start a session",
        answers.ProfileAnswer,
        status=201,
        asks=WriteProfile,
        errors=PROBLEMS,
        example_asked={"name": "Codex, careful", "agent": "codex", "tags": ["work"]},
    )
    def post(self, request: Request) -> Response:
        user = caller(request)
        return Response(shown(user, services.create(user, parse(WriteProfile, request.data))), status=201)


class OneProfile(APIView):
    @described("getProfile", "One profile", answers.ProfileAnswer)
    def get(self, request: Request, profile_id: str) -> Response:
        user = caller(request)
        return Response(shown(user, services.find(user, profile_id)))

    @described(
        "replaceProfile",
        "A whole profile; what is not sent is emptied",
        answers.ProfileAnswer,
        asks=WriteProfile,
        errors=PROBLEMS,
    )
    def put(self, request: Request, profile_id: str) -> Response:
        user = caller(request)
        return Response(shown(user, services.replace(user, profile_id, parse(WriteProfile, request.data))))

    @described("deleteProfile", "Delete a profile", answers.ProfileDeletedAnswer)
    def delete(self, request: Request, profile_id: str) -> Response:
        services.delete(caller(request), profile_id)
        return Response({"id": profile_id, "deleted": True})


class Default(APIView):
    @described("setDefaultProfile", "Make it your default", answers.ProfileAnswer)
    def post(self, request: Request, profile_id: str) -> Response:
        user = caller(request)
        return Response(shown(user, services.set_default(user, profile_id)))

    @described("unsetDefaultProfile", "It is your default no more", answers.ProfileAnswer)
    def delete(self, request: Request, profile_id: str) -> Response:
        user = caller(request)
        return Response(shown(user, services.unset_default(user, profile_id)))


def shown(user: User, row: Profile) -> dict[str, Any]:
    return {"profile": serializers.profile(row, services.default_id(user))}
