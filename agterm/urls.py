"""Table of contents: which app answers which URL."""

from channels.routing import URLRouter
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from agterm import installing, views
from agterm.openapi import views as openapi
from files.upload_views import OneImage
from runs import routing as runs
from sessions import isolation_views, share_views
from terminals import routing as terminals

urlpatterns = [
    path("api/health", views.Health.as_view()),
    path("api/schema", openapi.Schema.as_view()),
    path("api/docs", openapi.Docs.as_view()),
    path("api/auth/", include("accounts.urls")),
    path("api/", include("accounts.people_urls")),
    path("api/agents", include("agents.urls")),
    path("api/providers", include("providers.urls")),
    path("api/logins", include("agents.login_urls")),
    path("api/isolation", isolation_views.Isolation.as_view()),
    path("api/sessions", include("sessions.urls")),
    path("api/shared", share_views.Shared.as_view()),
    path("api/costs/", include("costs.urls")),
    path("api/", include("profiles.urls")),
    path("api/", include("terminals.urls")),
    path("api/", include("transcripts.urls")),
    path("api/", include("runs.urls")),
    path("api/", include("files.urls")),
    path("api/", include("repositories.urls")),
    path("api/", include("recordings.urls")),
    path("api/", include("search.urls")),
    path("api/", include("previews.urls")),
    path("api/", include("notifications.urls")),
    path("api/", include("audit.urls")),
    path("uploads/<str:upload_id>", OneImage.as_view()),
    re_path(r"^api(/.*)?$", views.UnknownEndpoint.as_view()),
    path("admin/login/", RedirectView.as_view(url="/")),  # one log-in for everything, one limit on guessing
    path("admin/logout/", views.LogOutOfAdmin.as_view()),
    path("admin/password_change/", RedirectView.as_view(url="/")),
    path("admin/", admin.site.urls),
    path("s/<str:secret>", share_views.FollowLink.as_view()),
    path("shared", views.SharedPage.as_view()),
    path("login/<str:link>", views.OneTimeLogin.as_view()),
    path("manifest.webmanifest", installing.WebManifest.as_view()),
    path("sw.js", installing.ServiceWorker.as_view()),
    path("", views.Page.as_view()),
    path("sessions/<uuid:session_id>", views.Page.as_view()),
    path("sessions/<uuid:session_id>/<slug:view>", views.Page.as_view()),
    path("recordings", views.Page.as_view()),
    path("recordings/<uuid:recording_id>", views.Page.as_view()),
    path("search", views.Page.as_view()),
    path("costs", views.Page.as_view()),
    path("settings", views.Page.as_view()),
    path("settings/<slug:section>", views.Page.as_view()),
]

websocket = URLRouter(runs.websocket_urlpatterns + terminals.websocket_urlpatterns)  # type: ignore[arg-type]  # stubs ask for a private class
