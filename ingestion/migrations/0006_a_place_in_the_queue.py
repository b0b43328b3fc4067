"""Every candidate gets its place in the queue, as ingestion/services/weighing.py works it out."""

import math
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

from django.db import migrations, models

BEGINNING = datetime(2000, 1, 1, tzinfo=timezone.utc)
BATCH = 1000


def put_in_place(apps, schema_editor):
    Candidate = apps.get_model("ingestion", "Candidate")
    Rate = apps.get_model("reference", "Rate")
    last = Rate.objects.filter(currency="USD").order_by("-day").values_list("day", flat=True).first()
    rows = Rate.objects.filter(day__gte=last - timedelta(days=7)).order_by("day", "pk") if last else Rate.objects.none()
    rates = {"EUR": Decimal(1), **dict(rows.values_list("currency", "per_euro"))}
    everything = Candidate.objects.select_related("finding__revision__article__source").order_by("pk")
    everything = everything.defer("finding__revision__text")
    after = 0
    while batch := list(everything.filter(pk__gt=after)[:BATCH]):
        for candidate in batch:
            candidate.place = _place(candidate, rates)
        Candidate.objects.bulk_update(batch, ["place"], batch_size=200)
        after = batch[-1].pk


def _place(candidate, rates):
    finding = candidate.finding
    amount = finding.payload.get("amount") or {}
    weight = float(finding.confidence) * _euros(amount, rates)
    if finding.revision.article.source.official:
        weight *= 2
    days = (candidate.created_at - BEGINNING) / timedelta(days=1)
    return days - 4 * math.log2(min(max(weight, 1.0), 1e30))


def _euros(amount, rates):
    per_euro = rates.get(amount.get("currency"))
    try:
        value = Decimal(str(amount.get("value")))
    except InvalidOperation:
        return 10_000_000.0
    return float(value) / float(per_euro) if per_euro is not None and value.is_finite() else 10_000_000.0


class Migration(migrations.Migration):

    dependencies = [
        ('ingestion', '0005_attempts_by_start'),
        ('reference', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='candidate',
            name='place',
            field=models.FloatField(default=0.0, help_text='Its place in the queue; the lower, the sooner it comes. See services/weighing.py.'),
        ),
        migrations.RunPython(put_in_place, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(fields=['state', 'place', 'created_at', 'id'], name='candidate_by_place'),
        ),
    ]
