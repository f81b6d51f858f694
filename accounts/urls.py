"""Table of contents of /api/auth."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("login", views.LogIn.as_view()),
    path("refresh", views.Refresh.as_view()),
    path("logout", views.LogOut.as_view()),
    path("me", views.Me.as_view()),
    path("socket-token", views.SocketToken.as_view()),
    path("password", views.Password.as_view()),
]
