"""Table of contents of /api/sessions."""

from django.urls import path

from sessions import isolation_views, lifecycle_views, share_views, views

urlpatterns = [
    path("", views.Sessions.as_view()),
    path("/<str:session_id>", views.OneSession.as_view()),
    path("/<str:session_id>/shares", share_views.Shares.as_view()),
    path("/<str:session_id>/shares/<str:share_id>", share_views.OneShare.as_view()),
    path("/<str:session_id>/network", isolation_views.Reached.as_view()),
    path("/<str:session_id>/signal", lifecycle_views.Signal.as_view()),
    path("/<str:session_id>/stop", lifecycle_views.Stop.as_view()),
    path("/<str:session_id>/restart", lifecycle_views.Restart.as_view()),
    path("/<str:session_id>/switch-agent", lifecycle_views.SwitchAgent.as_view()),
    path("/<str:session_id>/revoke-key", lifecycle_views.RevokeKey.as_view()),
]
