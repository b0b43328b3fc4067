"""The codes of the aid record: stored and published as they are, with a label for people."""

from __future__ import annotations

from django.db import models


class RecordState(models.TextChoices):
    """Whether the public sees a record."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"
    MERGED = "merged", "Merged into another"


class AidType(models.TextChoices):
    """What the aid is for, as Kiel's general aid type has it."""

    MILITARY = "military", "Military"
    FINANCIAL = "financial", "Financial"
    HUMANITARIAN = "humanitarian", "Humanitarian"
    MIXED = "mixed", "Mixed, not divided"
    UNSPECIFIED = "unspecified", "Not specified"


class FinanceType(models.TextChoices):
    """How the aid is financed (IATI FinanceType)."""

    GRANT = "grant", "Grant"
    LOAN = "loan", "Loan"
    GUARANTEE = "guarantee", "Guarantee"
    UNSPECIFIED = "unspecified", "Not specified"


class Qualifier(models.TextChoices):
    """How exactly an amount or a quantity was stated."""

    EXACT = "exact", "Exactly"
    ABOUT = "about", "About"
    AT_LEAST = "at_least", "At least"
    UP_TO = "up_to", "Up to"
    RANGE = "range", "From … to …"


class Valuation(models.TextChoices):
    """Where a pledge's value comes from."""

    STATED = "stated", "Stated"
    ESTIMATED = "estimated", "Estimated by us from unit prices"
    PARTIAL = "partial", "Estimated by us, some items unpriced"
    NONE = "none", "No value known"


class Precision(models.TextChoices):
    """How exactly a date is known."""

    DAY = "day", "Day"
    MONTH = "month", "Month"
    QUARTER = "quarter", "Quarter"
    YEAR = "year", "Year"
    RANGE = "range", "Between two days"
    BEFORE = "before", "On or before a day"
    AFTER = "after", "On or after a day"
    UNKNOWN = "unknown", "Unknown"


class Stage(models.TextChoices):
    """How far a pledge has come."""

    PLEDGE = "pledge", "Pledged"
    COMMITMENT = "commitment", "Committed"
    ALLOCATION = "allocation", "Allocated"
    DELIVERY = "delivery", "Disbursed or delivered"
    SUSPENDED = "suspended", "Suspended"
    CANCELLED = "cancelled", "Cancelled"


class RateBasis(models.TextChoices):
    """Which day's rate a frozen value rests on."""

    NOT_NEEDED = "", "None needed"
    ANNOUNCEMENT = "announcement", "Latest announcement day"
    EVIDENCE = "evidence", "Publication day of the first evidence, as the announcement is undated"


class Sector(models.TextChoices):
    """Humanitarian sector (DAC purpose code)."""

    MATERIAL_RELIEF = "72010", "Material relief assistance and services"
    HEALTH = "72011", "Basic health care services in emergencies"
    EDUCATION = "72012", "Education in emergencies"
    FOOD = "72040", "Emergency food assistance"
    COORDINATION = "72050", "Relief coordination and support services"


class ItemCategory(models.TextChoices):
    """What kind of goods or service an item is (Kiel item type)."""

    HEAVY_WEAPON = "heavy_weapon", "Heavy weapon"
    HEAVY_AMMUNITION = "heavy_weapon_ammunition", "Ammunition for heavy weapon"
    AVIATION = "aviation_and_drones", "Aviation and drones"
    PORTABLE_DEFENCE = "portable_defence_system", "Portable defence system"
    PORTABLE_DEFENCE_AMMUNITION = "portable_defence_ammunition", "Ammunition for portable defence system"
    LIGHT_ARMS = "light_armaments", "Light armaments and infantry"
    LIGHT_AMMUNITION = "light_ammunition", "Ammunition for light infantry"
    MISSILE = "missile", "Missile"
    AMMUNITION = "ammunition_unspecified", "Ammunition, not specified"
    EQUIPMENT = "military_equipment", "Military equipment"
    SERVICES = "funding_training_services", "Funding, training, services"
    MEDICAL = "medical", "Medical"
    FOOD = "food", "Food"
    SHELTER = "shelter", "Shelter"
    ENERGY = "energy", "Energy"
    HUMANITARIAN = "humanitarian_unspecified", "Humanitarian, not specified"
    OTHER = "other", "Other"


class GoodsFrom(models.TextChoices):
    """Whether goods come out of stocks or are bought."""

    STOCK = "stock", "Own stock"
    PROCUREMENT = "procurement", "Procurement"
    UNKNOWN = "", "Not known"


class DeductionReason(models.TextChoices):
    """Why a part of the stated amount does not count here."""

    OTHER_RECORD = "other_record", "Counted in another record"
    OTHER_RECIPIENT = "other_recipient", "Goes to another recipient"
    RAISES = "raises", "Was pledged before; this raises it"
    REIMBURSEMENT = "reimbursement", "Reimbursed by another donor"
    OUT_OF_PERIOD = "out_of_period", "Outside of the period covered"
    HOME_COST = "home_cost", "Spent at home"


class Part(models.TextChoices):
    """Whose part of a pledge a line is."""

    NAMED = "named", "A named party"
    JOINT = "joint", "Joint, not allocated"
    UNNAMED = "unnamed", "Not named"
