"""Table of contents of /api/notifications."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("notifications", views.Notifications.as_view()),
    path("notifications/subscriptions", views.Subscriptions.as_view()),
    path("notifications/subscriptions/<str:subscription_id>", views.OneSubscription.as_view()),
    path("notifications/presence", views.Presence.as_view()),
]
