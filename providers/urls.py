"""Table of contents of `/api/providers`."""

from django.urls import path

from providers import views

urlpatterns = [
    path("", views.Providers.as_view()),
    path("/keys", views.Keys.as_view()),
    path("/<str:provider_id>/test", views.Test.as_view()),
]
