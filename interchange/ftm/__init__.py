"""Sanctions as entities of FollowTheMoney, the data model that investigative databases share."""
