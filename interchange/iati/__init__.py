"""Pledges as activities of the International Aid Transparency Initiative, version 2.03."""
