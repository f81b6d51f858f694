"""Puts our own site in place of Django's."""

from django.contrib.admin.apps import AdminConfig


class SiteConfig(AdminConfig):
    default_site = "agterm.admin.site.Site"
    default = False
