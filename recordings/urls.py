"""Table of contents of what /api says and does about recordings."""

from django.urls import path

from recordings import stream_views, views

urlpatterns = [
    path("recordings", views.Recordings.as_view()),
    path("recordings/active", views.Active.as_view()),
    path("recordings/start", views.Start.as_view()),
    path("recordings/start/<str:session_id>", views.StartOf.as_view()),
    path("recordings/stop/<str:some_id>", views.Stop.as_view()),
    path("recordings/status/<str:session_id>", views.StatusOf.as_view()),
    path("recordings/<str:recording_id>", views.OneRecording.as_view()),
    path("recordings/<str:recording_id>/info", views.Info.as_view()),
    path("recordings/<str:recording_id>/cast", stream_views.Cast.as_view()),
    path("recordings/<str:recording_id>/export", stream_views.Export.as_view()),
]
