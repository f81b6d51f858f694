"""Table of contents: which app answers which URL."""

from channels.routing import URLRouter
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from agterm import views
from sessions import process_views
from sessions.routing import websocket_urlpatterns

urlpatterns = [
    path("api/health", views.Health.as_view()),
    path("api/auth/", include("accounts.urls")),
    path("api/agents", include("agents.urls")),
    path("api/sessions", include("sessions.urls")),
    path("api/processes", process_views.Processes.as_view()),
    path("api/system/info", process_views.SystemInfo.as_view()),
    path("api/system/metrics", process_views.SystemMetrics.as_view()),
    re_path(r"^api(/.*)?$", views.UnknownEndpoint.as_view()),
    path("admin/login/", RedirectView.as_view(url="/")),  # one log-in for everything, one limit on guessing
    path("admin/logout/", views.LogOutOfAdmin.as_view()),
    path("admin/password_change/", RedirectView.as_view(url="/")),
    path("admin/", admin.site.urls),
    path("login/<str:link>", views.OneTimeLogin.as_view()),
    path("", views.Page.as_view()),
    path("sessions/<uuid:session_id>", views.Page.as_view()),
]

websocket = URLRouter(websocket_urlpatterns)  # type: ignore[arg-type]  # stubs ask for a private class
