"""Surge plans: what is done when more comes than the people on duty can carry.

A *warning level* (blue, yellow, orange, red) follows from the figures; a *plan* is put in force by a level or a switch
and always has an end. A *run* of a plan changes no setting: its *effects* are rows that routing, the floor and the
channels read beside the settings, and that stop counting when the run ends. Several plans may hold at once; of two
effects of one kind the stronger counts, never their sum.
"""
