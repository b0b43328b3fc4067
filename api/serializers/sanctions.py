"""A sanctions measure as the public sees it: in a list, and in full with its steps and evidence."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers.fields import Coded, OrNull
from api.serializers.shared import EvidenceAnswer, PartyBrief
from sanctions.classes import CLASSES
from sanctions.models import Measure, MeasureKind, Precision, StepKind, StepStatus, TargetKind


class MeasureKindAnswer(serializers.Serializer[Any]):
    """One kind of ban, with its class in the Global Sanctions Database."""

    type = Coded(MeasureKind)
    gsdb_class = serializers.SerializerMethodField(
        help_text="trade, arms, military assistance, financial, travel or other."
    )

    def get_gsdb_class(self, kind: Any) -> str:
        """The class that the kind belongs to."""
        return CLASSES[kind.type]


class ProgrammeBrief(serializers.Serializer[Any]):
    """The legal regime that the measure belongs to."""

    key = serializers.CharField()
    name = serializers.CharField()


class Regime(ProgrammeBrief):
    """The legal regime, where its dataset may be given out."""

    def to_representation(self, instance: Any) -> Any:
        """The regime; null where it may not be named."""
        return super().to_representation(instance) if instance.dataset.redistributable else None


class RoundBrief(serializers.Serializer[Any]):
    """The batch of measures that it was part of, such as a 17th package."""

    name = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)


class LegalActBrief(serializers.Serializer[Any]):
    """A regulation, decision or order."""

    title = serializers.CharField()
    identifier = OrNull(help_text="CELEX or another official number.")
    url = OrNull()


class MeasureRow(serializers.Serializer[Measure]):
    """A published measure as it stands in a list. Several imposers together impose one measure, counted once."""

    id = serializers.CharField(source="public_id", help_text="Its public id: stable, never used again.")
    url = serializers.SerializerMethodField(help_text="Its address in this API, with evidence.")
    dataset = serializers.CharField(source="dataset.key", help_text="The dataset that it belongs to.")
    title = serializers.CharField(help_text="What is banned, in a few words.")
    note = OrNull(source="public_note", help_text="What a reader should know besides.")
    imposers = serializers.SerializerMethodField(help_text="Who imposes it.")
    imposers_as_written = OrNull(help_text="The imposers in the source's words, where they are not all named.")
    targets = serializers.SerializerMethodField(help_text="At whom it is aimed.")
    targets_as_written = OrNull(help_text="The targets in the source's words.")
    target_kind = Coded(TargetKind, help_text="What is sanctioned.")
    sectors = OrNull(help_text="Sectors concerned.")
    types = MeasureKindAnswer(many=True, help_text="The kinds of ban in it.")
    programme = Regime(allow_null=True)
    round = RoundBrief(allow_null=True)
    adopted = serializers.BooleanField(help_text="Whether it was ever adopted; a proposal alone is not in force.")
    in_force_from = serializers.DateField(
        allow_null=True, help_text="First day of its last run in force; null where unknown or not adopted."
    )
    in_force_until = serializers.DateField(allow_null=True, help_text="Last day in force, if known.")
    last_action = OrNull(help_text="proposed, announced, imposed, extended, eased or lifted.")
    first_step_on = serializers.DateField(allow_null=True, help_text="Day of its first step.")
    published_at = serializers.DateTimeField(help_text="When it was first published here.")
    reviewed_at = serializers.DateTimeField(help_text="When a person last reviewed it for publication.")
    modified_at = serializers.DateTimeField(help_text="When its record last changed.")

    def get_url(self, measure: Measure) -> str:
        """The absolute address of the measure."""
        return reverse("api:sanction", kwargs={"public_id": measure.public_id}, request=self.context.get("request"))

    @extend_schema_field(PartyBrief(many=True))
    def get_imposers(self, measure: Measure) -> Any:
        """The imposing parties, in the order in which they were entered."""
        return PartyBrief([row.party for row in measure.imposers.all()], many=True).data

    @extend_schema_field(PartyBrief(many=True))
    def get_targets(self, measure: Measure) -> Any:
        """The targets that are parties, in the order in which they were entered."""
        return PartyBrief([row.party for row in measure.targets.all()], many=True).data


class StepAnswer(serializers.Serializer[Any]):
    """A dated step of the measure. Only adopted steps have an effect: a plan to lift lifts nothing."""

    id = serializers.IntegerField(help_text="A number by which evidence refers to it.")
    step = Coded(StepKind)
    status = Coded(StepStatus)
    adopted_on = serializers.DateField(allow_null=True, help_text="Day of the decision or announcement.")
    precision = Coded(Precision, name="StepPrecision")
    applies_from = serializers.DateField(allow_null=True, help_text="First day of effect, if another.")
    ends_on = serializers.DateField(allow_null=True, help_text="Last day of effect, where the act sets one.")
    act = LegalActBrief(allow_null=True, help_text="The legal act of the step.")
    note = OrNull()


class MeasureEvidence(EvidenceAnswer):
    """What the measure, or one of its steps, rests on."""

    step = serializers.IntegerField(source="step_id", allow_null=True, help_text="The step that it tells of, if one.")


class MeasureListed(MeasureRow):
    """A published measure in a list, with what ``expand`` adds."""

    steps = StepAnswer(many=True, required=False)
    evidence = MeasureEvidence(many=True, required=False)


class MeasureFull(MeasureRow):
    """A published measure in full, with its steps and evidence."""

    steps = StepAnswer(many=True)
    evidence = MeasureEvidence(many=True)
