"""REST: which agents there are and whether they can be started."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from agents import answers, logins, registry, services
from core.described import described
from providers import credentials


class AgentList(APIView):
    @described("listAgents", "The agents, and whether each can be started", answers.AgentsAnswer)
    def get(self, request: Request) -> Response:
        user = caller(request)
        held, logged_in = credentials.held_by(user.pk), logins.agents_of(user.pk)
        return Response({"agents": services.describe_all(settings.AGTERM, held, logged_in)})


class AgentDetail(APIView):
    @described("getAgent", "One agent", answers.AgentAnswer)
    def get(self, request: Request, agent_id: str) -> Response:
        user = caller(request)
        held, logged_in = credentials.held_by(user.pk), logins.agents_of(user.pk)
        return Response({"agent": services.describe(registry.get(agent_id), settings.AGTERM, held, logged_in)})
