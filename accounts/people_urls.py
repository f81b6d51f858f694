"""Table of contents of /api/users and /api/share-token."""

from django.urls import path

from accounts import own_views, user_views

urlpatterns = [
    path("share-token", own_views.ShareToken.as_view()),
    path("users", user_views.Users.as_view()),
    path("users/<int:user_id>", user_views.OneUser.as_view()),
    path("users/<int:user_id>/login-link", user_views.LoginLink.as_view()),
]
