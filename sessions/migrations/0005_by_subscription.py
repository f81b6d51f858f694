from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agterm_sessions", "0004_known_to_the_ledger")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="by_subscription",
            field=models.BooleanField(
                default=False, help_text="Its agent asks its provider itself, logged in by its user; no call passes our door."
            ),
        ),
    ]
