from django.db import migrations


def have_them_known(apps, schema_editor):
    """The ledger knows each session from its start; those that were there before it are told to it here."""
    known = apps.get_model("costs", "MeteredSession").objects
    sessions = apps.get_model("agterm_sessions", "Session").objects
    rows = sessions.values_list("pk", "owner_id", "name", "agent", "created_at")
    known.bulk_create(
        (
            known.model(id=pk, owner_id=owner_id, name=name, agent=agent, created_at=created_at)
            for pk, owner_id, name, agent, created_at in rows
        ),
        batch_size=500,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):

    dependencies = [
        ("agterm_sessions", "0003_key_serial"),
        ("costs", "0001_initial"),
    ]

    operations = [migrations.RunPython(have_them_known, migrations.RunPython.noop)]
