"""Addresses of the public API, version 1. Included under ``/api/v1/``."""

from django.urls import path, re_path

from api.views.changes import ChangesView, CorrectionsView
from api.views.cumulative import CumulativeView
from api.views.datasets import DatasetList, DatasetRecord
from api.views.diff import DiffView
from api.views.docs import DocsView, SchemaView
from api.views.editions import DownloadFile, EditionList
from api.views.explaining import ExplainView
from api.views.feeds import CorrectionFeed, PledgeFeed
from api.views.items import ItemsTotalsView
from api.views.listings import DesignationList, DesignationRecord, ProgrammeList, ProgrammeRecord
from api.views.rates import ExchangeRateList
from api.views.records import MeasureList, MeasureRecord, PledgeList, PledgeRecord
from api.views.reference import ArticleList, ArticleRecord, PartyList, PartyRecord
from api.views.root import NothingHere, Root
from api.views.timeline import PartyTimeline
from api.views.totals import SanctionsTotalsView, TotalsView
from api.views.vocabularies import VocabularyList, VocabularyRecord

app_name = "api"

urlpatterns = [
    path("", Root.as_view(), name="root"),
    path("pledges/", PledgeList.as_view(), name="pledges"),
    re_path(r"^pledges/(?P<public_id>[0-9A-Za-z]{1,12})/$", PledgeRecord.as_view(), name="pledge"),
    path("totals/", TotalsView.as_view(), name="totals"),
    path("totals/cumulative/", CumulativeView.as_view(), name="totals-cumulative"),
    path("totals/diff/", DiffView.as_view(), name="totals-diff"),
    path("totals/explain/", ExplainView.as_view(), name="totals-explain"),
    path("items/totals/", ItemsTotalsView.as_view(), name="items-totals"),
    path("sanctions/", MeasureList.as_view(), name="sanctions"),
    path("sanctions/totals/", SanctionsTotalsView.as_view(), name="sanctions-totals"),
    re_path(r"^sanctions/(?P<public_id>[0-9A-Za-z]{1,12})/$", MeasureRecord.as_view(), name="sanction"),
    path("programmes/", ProgrammeList.as_view(), name="programmes"),
    re_path(r"^programmes/(?P<key>[-0-9A-Za-z_]{1,60})/$", ProgrammeRecord.as_view(), name="programme"),
    path("designations/", DesignationList.as_view(), name="designations"),
    re_path(r"^designations/(?P<public_id>[0-9A-Za-z]{1,12})/$", DesignationRecord.as_view(), name="designation"),
    path("parties/", PartyList.as_view(), name="parties"),
    re_path(r"^parties/(?P<code>[^/\x00]{1,20})/$", PartyRecord.as_view(), name="party"),
    re_path(r"^parties/(?P<code>[^/\x00]{1,20})/timeline/$", PartyTimeline.as_view(), name="party-timeline"),
    path("articles/", ArticleList.as_view(), name="articles"),
    re_path(r"^articles/(?P<id>[0-9]{1,18})/$", ArticleRecord.as_view(), name="article"),
    path("changes/", ChangesView.as_view(), name="changes"),
    path("corrections/", CorrectionsView.as_view(), name="corrections"),
    path("feeds/pledges/", PledgeFeed.as_view(), name="pledge-feed"),
    path("feeds/corrections/", CorrectionFeed.as_view(), name="correction-feed"),
    path("datasets/", DatasetList.as_view(), name="datasets"),
    re_path(r"^datasets/(?P<key>[-0-9A-Za-z_]{1,40})/$", DatasetRecord.as_view(), name="dataset"),
    path("downloads/", EditionList.as_view(), name="downloads"),
    re_path(
        r"^downloads/(?P<key>[-0-9A-Za-z_]{1,120})/(?P<name>[0-9A-Za-z][-0-9A-Za-z_.]{0,199})$",
        DownloadFile.as_view(),
        name="download-file",
    ),
    path("exchange-rates/", ExchangeRateList.as_view(), name="exchange-rates"),
    path("vocabularies/", VocabularyList.as_view(), name="vocabularies"),
    re_path(r"^vocabularies/(?P<name>[a-z-]{1,40})/$", VocabularyRecord.as_view(), name="vocabulary"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    # Everything else that ends in a slash; without one, Django adds it first.
    re_path(r"^[\s\S]*/$", NothingHere.as_view(), name="nothing-here"),
]
