"""Promises: found in what agents write, offered before it is sent, and watched by a clock until they are kept.

The recogniser is a grammar for Chinese and English, no model: a *time phrase* (``within 5 working days``,
「明天下午三点前」) or a *vague* word (``asap``, 「尽快」) makes a promise where our side binds itself to do something.
Questions, reports of the past, conditions, quoted policies, other people's duties and quotations make none.

What a message promises is a row of ``promise``: *open*, then *kept* by its moment or *broken*, unless it was *dropped*
because the customer does without it. A promise never rests. What was decided about it in the composer travels with
the message (``ReplyIn.promises``) and is committed with it; the reader ``promises`` records it once.
"""
