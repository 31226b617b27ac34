"""Promises in what agents write: what was promised, and by when.

A grammar for Chinese and English, no model: a *time phrase* (``within 5 working days``, 「明天下午三点前」) or a
*vague* word (``asap``, 「尽快」) makes a promise where our side binds itself to do something. Questions, reports of
the past, conditions, quoted policies, other people's duties and quotations make none. No database, no clock.
"""
