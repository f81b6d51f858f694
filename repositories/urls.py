"""Table of contents of what /api says of repositories."""

from django.urls import path

from repositories import merging_views, views

urlpatterns = [
    path("sessions/<str:session_id>/git", views.Status.as_view()),
    path("sessions/<str:session_id>/git/files", views.Files.as_view()),
    path("sessions/<str:session_id>/git/diff", views.Diff.as_view()),
    path("sessions/<str:session_id>/git/log", views.Log.as_view()),
    path("sessions/<str:session_id>/git/show", views.Show.as_view()),
    path("sessions/<str:session_id>/git/blame", views.Blame.as_view()),
    path("sessions/<str:session_id>/git/branches", views.Branches.as_view()),
    path("sessions/<str:session_id>/git/overlaps", views.Overlaps.as_view()),
    path("sessions/<str:session_id>/git/patch", views.Patch.as_view()),
    path("sessions/<str:session_id>/git/switch", views.Switch.as_view()),
    path("sessions/<str:session_id>/git/stage", views.Stage.as_view()),
    path("sessions/<str:session_id>/git/unstage", views.Unstage.as_view()),
    path("sessions/<str:session_id>/git/commit", views.Commit.as_view()),
    path("sessions/<str:session_id>/git/discard", views.Discard.as_view()),
    path("sessions/<str:session_id>/git/compare", merging_views.Compare.as_view()),
    path("sessions/<str:session_id>/git/merge", merging_views.Merge.as_view()),
    path("sessions/<str:session_id>/git/deliver", merging_views.Deliver.as_view()),
    path("sessions/<str:session_id>/git/bundle", merging_views.Bundle.as_view()),
]
