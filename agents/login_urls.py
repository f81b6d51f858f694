"""Table of contents of `/api/logins`."""

from django.urls import path

from agents import login_views

urlpatterns = [
    path("", login_views.Logins.as_view()),
    path("/<str:agent_id>", login_views.OneLogin.as_view()),
]
