"""Table of contents of /api/sessions."""

from django.urls import path

from sessions import process_views, views

urlpatterns = [
    path("", views.Sessions.as_view()),
    path("/<str:session_id>", views.OneSession.as_view()),
    path("/<str:session_id>/switch-agent", views.SwitchAgent.as_view()),
    path("/<str:session_id>/input", views.Input.as_view()),
    path("/<str:session_id>/resize", views.Resize.as_view()),
    path("/<str:session_id>/processes", process_views.SessionProcesses.as_view()),
]
