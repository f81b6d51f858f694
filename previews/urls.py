"""Table of contents of what /api says of previews."""

from django.urls import path

from previews import views

urlpatterns = [
    path("sessions/<str:session_id>/detect-port", views.DetectPort.as_view()),
    path("sessions/<str:session_id>/ports", views.Ports.as_view()),
]
