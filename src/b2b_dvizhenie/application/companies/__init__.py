"""Buyer companies: whom a person buys for."""

from b2b_dvizhenie.application.companies.profile import Membership, Profile, ProfileReader, ShowProfile

__all__ = ["Membership", "Profile", "ProfileReader", "ShowProfile"]
