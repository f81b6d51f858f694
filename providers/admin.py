"""Stored keys in the admin site: given, replaced and removed there, never shown; and how every provider stands."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from pydantic import SecretStr

from core.admin import Page, by_user
from providers import catalog, credentials
from providers.models import StoredKey
from providers.payloads import checked_address, checked_key

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[StoredKey]
else:
    ModelForm = forms.ModelForm  # generic in the stubs only

SOURCES = {"env": "environment", "file": "file", "stored": "stored"}


class KeyForm(ModelForm):
    """The key is written and never read: its field is empty, and stays as it is when nothing is typed."""

    provider = forms.ChoiceField()
    key = forms.CharField(
        required=False,
        strip=True,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "size": 80}),
        help_text="Never shown again. Empty: the one that is stored stays.",
    )

    class Meta:
        model = StoredKey
        fields = ("provider", "owner", "base_url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if choice := self.fields.get("provider"):
            choice.choices = [(each.id, each.name) for each in catalog.all()]  # type: ignore[attr-defined]

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if not key and self.instance.pk is None:
            raise ValidationError("A key is needed")
        return _refusing(lambda: checked_key(SecretStr(key)).get_secret_value()) if key else ""

    def clean_base_url(self) -> str:
        text: str = self.cleaned_data["base_url"].strip()
        return _refusing(lambda: checked_address(text)) if text else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        provider = catalog.get(cleaned.get("provider") or self.instance.provider)
        if provider and cleaned.get("base_url"):
            cleaned["base_url"] = credentials.complete(provider, cleaned["base_url"])
        if self.instance.pk is None and "provider" in cleaned:
            others = StoredKey.objects.filter(provider=cleaned["provider"], owner=cleaned.get("owner"))
            if others.exists():
                raise ValidationError("There is such a key already: change that one")
        return cleaned


def _refusing(check: Callable[[], str]) -> str:
    try:
        return check()
    except ValueError as error:
        raise ValidationError(f"This {error}") from None


@admin.register(StoredKey)
class StoredKeyAdmin(Page):
    heading = "Providers and keys"
    words = "Keys are given and replaced here, and shown to nobody. One of a user's own counts before everybody's."
    form = KeyForm
    list_display = ("provider", "whose", "shown", "base_url", "stored_at", "stored_by")
    list_filter = ("provider", by_user("owner"))
    search_fields = ("provider", "owner__username")
    list_select_related = ("owner", "stored_by")
    fields = ("provider", "owner", "key", "base_url")
    autocomplete_fields = ("owner",)

    @admin.display(description="For")
    def whose(self, row: StoredKey) -> str:
        return str(row.owner) if row.owner else "everybody"

    @admin.display(description="Key")
    def shown(self, row: StoredKey) -> str:
        return f"…{row.ending}"

    def get_readonly_fields(self, _request: HttpRequest, obj: StoredKey | None = None) -> tuple[str, ...]:
        return ("provider", "owner") if obj else ()

    def save_model(self, request: HttpRequest, obj: StoredKey, form: Any, change: bool) -> None:
        if key := form.cleaned_data.pop("key"):
            obj.put(key)
        obj.stored_by = request.user  # type: ignore[assignment]  # staff are logged in
        obj.save()

    @method_decorator(sensitive_post_parameters("key"))
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        held = credentials.held_by(None)
        standing = [
            {"provider": each, "credential": found, "source": SOURCES.get(found.source) if found else None}
            for each in catalog.all()
            for found in [held.get(each.id)]
        ]
        return super().changelist_view(request, (extra_context or {}) | {"providers": standing})
