"""Table of contents of what /api says of files."""

from django.urls import path

from files import intake, stream_views, upload_views, views

urlpatterns = [
    path("files/list", views.List.as_view()),
    path("files/stat", views.Stat.as_view()),
    path("files/read", views.Read.as_view()),
    path("files/write", views.Write.as_view()),
    path("files/mkdir", views.MakeFolder.as_view()),
    path("files/delete", views.Delete.as_view()),
    path("files/rename", views.Rename.as_view()),
    path("files/search", views.Search.as_view()),
    path("files/download", stream_views.Download.as_view()),
    path("files/archive", stream_views.Archive.as_view()),
    path(intake.UPLOADS.removeprefix("/api/"), upload_views.Upload.as_view()),
    path("dirs", views.Folders.as_view()),
    path("upload", upload_views.Image.as_view()),
]
