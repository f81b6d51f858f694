"""Table of contents of `/api/agents`."""

from django.urls import path

from agents import views

urlpatterns = [
    path("", views.AgentList.as_view()),
    path("/<str:agent_id>", views.AgentDetail.as_view()),
]
