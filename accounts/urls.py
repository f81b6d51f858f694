"""Table of contents of /api/auth."""

from django.urls import path

from accounts import own_views, views

urlpatterns = [
    path("login", views.LogIn.as_view()),
    path("refresh", views.Refresh.as_view()),
    path("logout", views.LogOut.as_view()),
    path("me", views.Me.as_view()),
    path("socket-token", views.SocketToken.as_view()),
    path("password", views.Password.as_view()),
    path("tokens", own_views.ApiTokens.as_view()),
    path("tokens/<str:token_id>", own_views.OneApiToken.as_view()),
    path("logins", own_views.Logins.as_view()),
    path("logins/<str:login_id>", own_views.OneLogin.as_view()),
]
