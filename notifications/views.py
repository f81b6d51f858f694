"""The REST door of notifications: one view a URL, no logic of its own."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import credentials
from accounts.permissions import caller
from core.described import described
from core.errors import Conflict
from core.payloads import parse
from notifications import answers, presence, services, vapid
from notifications.desk import desk
from notifications.payloads import KINDS, Subscribe
from notifications.payloads import Presence as PresencePayload


class Notifications(APIView):
    @described("getNotifications", "What it takes to be told by Web Push, and who is", answers.NotificationsAnswer)
    def get(self, request: Request) -> Response:
        rows = services.listed(caller(request))
        found = [services.shown(row) for row in rows]
        return Response({"key": vapid.public_key(), "kinds": list(KINDS), "subscriptions": found})


class Subscriptions(APIView):
    for_viewers = ("POST",)

    @described(
        "subscribePush",
        "Tell this browser while no page is looked at; asked again, what it wants is renewed",
        answers.SubscribedAnswer,
        status=201,
        asks=Subscribe,
        errors=(Conflict,),
        details="Told until the log-in that asked for it ends. Of the push services only known ones are sent to.",
    )
    def post(self, request: Request) -> Response:
        login, device = credentials.of_person(request).login, request.headers.get("User-Agent", "")
        row = services.subscribe(login, parse(Subscribe, request.data), device)
        desk.wake()
        return Response({"subscription": services.shown(row)}, status=201)


class OneSubscription(APIView):
    for_viewers = ("DELETE",)

    @described("unsubscribePush", "Tell that browser no more", answers.UnsubscribedAnswer)
    def delete(self, request: Request, subscription_id: str) -> Response:
        services.unsubscribe(credentials.of_person(request).login.user, subscription_id)
        return Response({"id": subscription_id, "deleted": True})


class Presence(APIView):
    for_viewers = ("POST",)

    @described(
        "notePresence",
        "Whether a page of yours is looked at: then nobody is told by Web Push",
        answers.PresenceAnswer,
        asks=PresencePayload,
        details="Counts for 70 seconds.",
    )
    def post(self, request: Request) -> Response:
        user_id = credentials.of_person(request).login.user_id
        said = parse(PresencePayload, request.data)
        presence.note(user_id, said.page, said.visible)
        return Response({"visible": said.visible})
