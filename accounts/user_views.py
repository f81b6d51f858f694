"""The REST door of people, for administrators."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import answers, clients, credentials, payloads, running, services, users
from accounts.permissions import Staff, caller
from core.described import described
from core.errors import Conflict, Forbidden
from core.happenings import note
from core.payloads import parse, parse_query


class Users(APIView):
    permission_classes = (Staff,)

    @described("listUsers", "All users; for administrators, as all here", answers.UsersAnswer, query=payloads.ListUsers)
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.ListUsers, request.query_params)
        rows, cursor = users.page(wanted.cursor, wanted.limit)
        return Response({"users": payloads.people(rows), "nextCursor": cursor})

    @described(
        "createUser",
        "Let somebody in",
        answers.NewUserAnswer,
        status=201,
        asks=payloads.CreateUser,
        errors=(Conflict,),
        example_asked={"username": "ada", "role": "member"},
    )
    def post(self, request: Request) -> Response:
        wanted = parse(payloads.CreateUser, request.data)
        users.ensure_may_rule(caller(request), role=wanted.role)
        user = users.create(wanted.username, wanted.role, wanted.password)
        answer: dict[str, Any] = {"user": payloads.person(user)}
        if wanted.password is None:
            answer["loginLink"] = payloads.link(services.create_login_link(user), request._request)
        return Response(answer, status=201)


class OneUser(APIView):
    permission_classes = (Staff,)

    @described("getUser", "One user", answers.UserAnswer)
    def get(self, request: Request, user_id: int) -> Response:
        return Response({"user": payloads.person(users.find(user_id))})

    @described(
        "changeUser",
        "Change role or password, lock out or let in again",
        answers.UserChangedAnswer,
        asks=payloads.PatchUser,
        errors=(Conflict,),
    )
    def patch(self, request: Request, user_id: int) -> Response:
        user, wanted = users.find(user_id), parse(payloads.PatchUser, request.data)
        users.ensure_may_rule(caller(request), user, wanted.role)
        if wanted.password is not None:
            if user.pk == caller(request).pk:
                raise Forbidden("Set your own password at /api/auth/password, which asks for the present one")
            note(request._request, password="set")  # noqa: S106 - the word, not a password
        user = users.change(user, role=wanted.role, is_active=wanted.isActive, password=wanted.password)
        sessions = _stop(request, user_id) if wanted.stopSessions else {}
        return Response({"user": payloads.person(user), **sessions})

    @described(
        "deleteUser",
        "Delete a user, or lock out one whom something still needs",
        answers.UserDeletedAnswer,
        query=payloads.DeleteUser,
        errors=(Conflict,),
    )
    def delete(self, request: Request, user_id: int) -> Response:
        user, wanted = users.find(user_id), parse_query(payloads.DeleteUser, request.query_params)
        users.ensure_may_rule(caller(request), user)
        note(request._request, **users.told(user))
        kept_for = users.remove(user)
        sessions = _stop(request, user_id) if wanted.stopSessions else {}
        return Response({"id": user_id, "deleted": not kept_for, "keptFor": kept_for, **sessions})


def _stop(request: Request, user_id: int) -> dict[str, Any]:
    """After the lock-out is stored, which stands whatever becomes of this."""
    address, via = clients.client_address(request._request), credentials.of(request).via
    return {"sessions": payloads.stopped(running.stop(user_id, actor=caller(request), via=via, address=address))}


class LoginLink(APIView):
    """A one-time link for somebody who has none, or has forgotten the password."""

    permission_classes = (Staff,)

    @described(
        "createLoginLink",
        "A one-time link for somebody who has none",
        answers.LoginLinkAnswer,
        status=201,
        errors=(Conflict,),
    )
    def post(self, request: Request, user_id: int) -> Response:
        user = users.find(user_id)
        users.ensure_may_rule(caller(request), user)
        if user.pk == caller(request).pk:
            credentials.of_person(request)
        if not user.is_active:
            raise Conflict("This user is locked out; let them in first")
        note(request._request, **users.told(user))
        raw = services.create_login_link(user)
        return Response({"loginLink": payloads.link(raw, request._request)}, status=201)
