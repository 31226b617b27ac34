"""Business calendars: when a desk works, and time counted only while it does. Pure; no clock, no database.

``schemas`` says what a calendar is made of, ``opening`` turns it into periods of UTC time, ``arithmetic`` counts in
them, ``holidays`` holds the tables that are shipped, ``ical`` reads tables from elsewhere.
"""
