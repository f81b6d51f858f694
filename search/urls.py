"""Table of contents of what /api says of search."""

from django.urls import path

from search import views

urlpatterns = [
    path("search", views.Search.as_view()),
    path("search/suggestions", views.Suggestions.as_view()),
    path("search/index", views.Index.as_view()),
]
