"""Table of contents of what /api says and does about live terminals, beside what /api/sessions does about rows."""

from django.urls import path

from terminals import event_views, execution_views, process_views, screen_views, views

urlpatterns = [
    path("sessions/batch/execute", execution_views.BatchExecute.as_view()),
    path("sessions/batch/input", execution_views.BatchInput.as_view()),
    path("sessions/<str:session_id>/execute", execution_views.Execute.as_view()),
    path("sessions/<str:session_id>/input", views.Input.as_view()),
    path("sessions/<str:session_id>/resize", views.Resize.as_view()),
    path("sessions/<str:session_id>/size", screen_views.Size.as_view()),
    path("sessions/<str:session_id>/snapshot", screen_views.Snapshot.as_view()),
    path("sessions/<str:session_id>/output", screen_views.Output.as_view()),
    path("sessions/<str:session_id>/processes", process_views.SessionProcesses.as_view()),
    path("events", event_views.Events.as_view()),
    path("processes", process_views.Processes.as_view()),
    path("system/info", process_views.SystemInfo.as_view()),
    path("system/metrics", process_views.SystemMetrics.as_view()),
]
