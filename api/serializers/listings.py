"""Sanctions programmes and designations: the legal regimes, and the names on their lists."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers.fields import Coded, OrNull
from api.serializers.sanctions import LegalActBrief, Regime
from api.serializers.shared import PartyBrief, RecordLink
from sanctions.models import Designation, MeasureKind, Programme, TargetKind, TargetName


class ProgrammeRow(serializers.Serializer[Programme]):
    """A legal regime, such as the EU's restrictive measures over Ukraine's territorial integrity."""

    key = serializers.CharField(help_text="Its key: stable, in addresses.")
    url = serializers.SerializerMethodField(help_text="Its address in this API.")
    dataset = serializers.CharField(source="dataset.key", help_text="The dataset that it belongs to.")
    name = serializers.CharField()
    issuer = PartyBrief(allow_null=True, help_text="Whose law it is.")
    issuer_as_written = OrNull(help_text="The issuing body in the source's words.")
    targets = PartyBrief(many=True, help_text="The parties at which it is aimed.")
    measures_provided = serializers.SerializerMethodField(help_text="The kinds of ban that it provides for.")
    web_page = OrNull(source="url", help_text="Where its issuer tells of it.")

    def get_url(self, programme: Programme) -> str:
        """The absolute address of the programme."""
        return reverse("api:programme", kwargs={"key": programme.key}, request=self.context.get("request"))

    @extend_schema_field(serializers.ListField(child=Coded(MeasureKind)))
    def get_measures_provided(self, programme: Programme) -> list[str]:
        """The codes, in the order of the programme."""
        return [code for code in programme.measures_provided if code in MeasureKind.values]


class LegalActAnswer(LegalActBrief):
    """A regulation, decision or order with its day."""

    adopted_on = serializers.DateField(allow_null=True)


class ProgrammeFull(ProgrammeRow):
    """A legal regime with its acts, and how much of the record belongs to it."""

    legal_acts = LegalActAnswer(many=True)
    measures_count = serializers.IntegerField(help_text="Published measures under it.")
    designations_count = serializers.IntegerField(help_text="Published designations under it, ended ones too.")


class MeasureLink(RecordLink):
    """A published measure."""

    view_name = "api:sanction"


class TargetBrief(serializers.Serializer[Any]):
    """A person, company, vessel or other thing that is listed, however many acts list it."""

    id = serializers.CharField(source="public_id", help_text="The same in every designation of it.")
    kind = Coded(TargetKind)
    name = serializers.CharField()
    countries = PartyBrief(many=True)


class TargetNameAnswer(serializers.Serializer[Any]):
    """A name by which it goes."""

    kind = Coded(TargetName.Kind, name="NameKind")
    name = serializers.CharField()


class TargetIdentifierAnswer(serializers.Serializer[Any]):
    """A number by which it is known."""

    kind = serializers.CharField(help_text="imo, passport, registration, …")
    value = serializers.CharField(help_text="Without blanks and remarks.")
    as_written = OrNull(source="raw", help_text="As the list has it.")
    country = PartyBrief(allow_null=True, help_text="Whose number it is.")


class TargetFull(TargetBrief):
    """Who or what is listed, with all names and numbers."""

    names = TargetNameAnswer(many=True)
    identifiers = TargetIdentifierAnswer(many=True)
    details = serializers.DictField(help_text="Births, places, addresses and the like, as the acts give them.")


class DesignationRow(serializers.Serializer[Designation]):
    """One target under one act: a name on a list, ended when a later list drops it."""

    id = serializers.CharField(source="public_id", help_text="Its public id: stable, never used again.")
    url = serializers.SerializerMethodField(help_text="Its address in this API, with all names.")
    dataset = serializers.CharField(source="dataset.key", help_text="The dataset that it belongs to.")
    target = TargetBrief()
    programme = Regime(allow_null=True, help_text="The legal regime, where its dataset may be given out.")
    act = LegalActBrief(allow_null=True, help_text="The act whose annex lists it.")
    listing_act = LegalActBrief(allow_null=True, help_text="The amending act that put it there, where known.")
    annex = OrNull(help_text="Annex and entry of the act.")
    measure = MeasureLink(allow_null=True, help_text="The measure that applies to it, if that is published.")
    reason = OrNull(help_text="Why it is listed, as the act says.")
    listed_on = serializers.DateField(allow_null=True)
    listed_as_written = OrNull(help_text="The day of listing in the list's words.")
    ended_on = serializers.DateField(
        allow_null=True, help_text="First day on which it is listed no more; null while it is."
    )
    ended_by = OrNull(help_text="The act or list that ended it.")
    published_at = serializers.DateTimeField(help_text="When it was first published here.")
    modified_at = serializers.DateTimeField(help_text="When its record last changed.")

    def get_url(self, designation: Designation) -> str:
        """The absolute address of the designation."""
        kwargs = {"public_id": designation.public_id}
        return reverse("api:designation", kwargs=kwargs, request=self.context.get("request"))


class DesignationFull(DesignationRow):
    """A designation with all names and numbers of who or what is listed."""

    target = TargetFull()
