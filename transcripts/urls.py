"""The paths of what CLIs tell of themselves."""

from django.urls import path

from transcripts import views

urlpatterns = [
    path("sessions/<str:session_id>/transcripts", views.OfSession.as_view()),
    path("costs/plans", views.Plans.as_view()),
]
