"""Table of contents of /api/audit."""

from django.urls import path

from audit import views

urlpatterns = [
    path("audit", views.Events.as_view()),
    path("audit/export", views.Export.as_view()),
    path("audit/verify", views.Verify.as_view()),
]
