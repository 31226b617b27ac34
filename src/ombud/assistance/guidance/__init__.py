"""Guidance: cards that say what to do for the customers they fit, and wordings of scripts for who listens.

Words: a *guidance card* (引导卡片) shows itself where its *condition* (条件) fits, between two moments, in the
workspace, the bot or the portal; a *script variant* (话术变体) is a script's wording for one kind of *listener* (听众),
such as somebody anxious. It proposes and says why; an agent decides what is said.
"""
