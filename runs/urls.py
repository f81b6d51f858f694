"""Table of contents of what /api says and does about headless runs."""

from django.urls import path

from runs import stream_views, views

urlpatterns = [
    path("run", stream_views.StartRun.as_view()),
    path("runs", views.Runs.as_view()),
    path("runs/<str:run_id>", views.OneRun.as_view()),
    path("runs/<str:run_id>/events", stream_views.RunEvents.as_view()),
    path("runs/<str:run_id>/cancel", stream_views.CancelRun.as_view()),
    path("runs/<str:run_id>/answer", views.Answer.as_view()),
    path("history", views.History.as_view()),
    path("tools", views.Tools.as_view()),
    path("tools/schema", views.ToolSchema.as_view()),
    path("schemas", views.Documents.as_view()),
    path("schemas/<str:name>", views.OneDocument.as_view()),
    path("config/public", views.PublicConfiguration.as_view()),
]
