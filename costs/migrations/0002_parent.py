import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("costs", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="meteredsession",
            name="parent",
            field=models.ForeignKey(
                help_text="Within which it works: what holds that one's calls holds its own as well.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inner",
                to="costs.meteredsession",
            ),
        ),
    ]
