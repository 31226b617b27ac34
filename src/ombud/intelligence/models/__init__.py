"""Language models (语言模型) outside: asked for one thing at a time, checked, paid for by budget, switched off at will.

Words: an *endpoint* is an address that speaks OpenAI's protocol, with a model; a *purpose* is what we ask for; an
*exchange* is one question with its answer, kept for the auditor as it went over the wire.

What customers and colleagues wrote, and what articles say, is data: it stands behind a fence in the message of the user
and never in the instructions. Whatever comes back is checked before anybody sees it. It never raises for what a model
or its endpoint does wrong: whoever asks goes on without an answer.
"""
