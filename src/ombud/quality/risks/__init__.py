"""Risk alerts (风险预警): words of a customer that want a look, shown on the ticket, confirmed or called false.

It reads messages of customers only: never a note, and never what a customer could not have written.
"""
