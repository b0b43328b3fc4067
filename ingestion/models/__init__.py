"""Sources, fetch attempts, articles with the revisions of their text, findings and candidates.

Fetch → parse → decide → store → extract: each step leaves a row here, and whatever is unfinished can be told from the
rows alone, so that a crash loses nothing.
"""

from ingestion.models.articles import Article, ArticleUrl, BlobKind, ExtractState, Revision, Story
from ingestion.models.backfills import Backfill, BackfillLine, LineState
from ingestion.models.evidence import EvidenceFields
from ingestion.models.findings import Candidate, CandidateFinding, CandidateState, Finding, FindingKind
from ingestion.models.hosts import HostSlot, RobotsFile, RobotsState
from ingestion.models.notices import Notice, NoticeKind
from ingestion.models.sketches import SketchBand
from ingestion.models.sources import FetchAttempt, Outcome, Source, SourceKind, SourceState

__all__ = [
    "Article",
    "ArticleUrl",
    "Backfill",
    "BackfillLine",
    "BlobKind",
    "Candidate",
    "CandidateFinding",
    "CandidateState",
    "EvidenceFields",
    "ExtractState",
    "FetchAttempt",
    "Finding",
    "FindingKind",
    "HostSlot",
    "LineState",
    "Notice",
    "NoticeKind",
    "Outcome",
    "Revision",
    "RobotsFile",
    "RobotsState",
    "SketchBand",
    "Source",
    "SourceKind",
    "SourceState",
    "Story",
]
