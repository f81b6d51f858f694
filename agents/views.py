"""REST: which agents there are and whether they can be started."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents import registry, services


class AgentList(APIView):
    def get(self, request: Request) -> Response:
        return Response({"agents": services.describe_all(settings.AGTERM)})


class AgentDetail(APIView):
    def get(self, request: Request, agent_id: str) -> Response:
        return Response({"agent": services.describe(registry.get(agent_id), settings.AGTERM)})
