"""By when: calendars, policies, the clocks of tickets, their deadlines, and who hears of them.

Words: a *policy* says which *targets* a ticket has; a *clock* counts one of them in a *calendar*; it runs, rests, is
met or breached; an *escalation chain* tells people before and after. This room never decides who takes a ticket,
and never stops a clock by hand: what a clock shows follows from the ticket's history alone.
"""
