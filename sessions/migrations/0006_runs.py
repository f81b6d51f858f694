import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agterm_sessions", "0005_by_subscription")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="kind",
            field=models.CharField(
                choices=[("interactive", "Interactive"), ("run", "Run")], default="interactive", max_length=16
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="within",
            field=models.ForeignKey(
                help_text="In whose workspace it runs, to end with that one; it has none of its own then.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="inner",
                to="agterm_sessions.session",
            ),
        ),
    ]
