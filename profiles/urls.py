"""Table of contents of /api/profiles, /api/shells and /api/models."""

from django.urls import path

from profiles import model_views, views

urlpatterns = [
    path("models", model_views.Models.as_view()),
    path("models/profiles", model_views.Profiles.as_view()),
    path("models/providers", model_views.Providers.as_view()),
    path("models/agent/<str:agent_id>", model_views.AgentModels.as_view()),
    path("shells", views.Shells.as_view()),
    path("profiles", views.Profiles.as_view()),
    path("profiles/<str:profile_id>", views.OneProfile.as_view()),
    path("profiles/<str:profile_id>/default", views.Default.as_view()),
]
