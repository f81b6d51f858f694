"""Table of contents of /api/costs."""

from django.urls import path

from costs import stacks, views

urlpatterns = [
    path("dashboard", views.Dashboard.as_view()),
    path("sessions", views.Sessions.as_view()),
    path("sessions/<str:session_id>", views.OneSession.as_view()),
    path("providers", views.Providers.as_view()),
    path("models", views.Models.as_view()),
    path("agents", views.Agents.as_view()),
    path("users", views.Users.as_view()),
    path("daily", views.Daily.as_view()),
    path("stacked", stacks.StackedCosts.as_view()),
    path("events", views.Events.as_view()),
    path("export", views.Export.as_view()),
    path("budgets", views.Budgets.as_view()),
    path("budgets/<str:budget_id>", views.OneBudget.as_view()),
]
