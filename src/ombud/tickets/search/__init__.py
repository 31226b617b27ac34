"""Search over everything that the desk holds: tickets, messages, notes, attachments, customers.

Words are written behind the event log by a named reader, never by intake. A query is text and operators
(``status:open "不工作" -word``); what is found is always checked against what the searcher may see at this moment.
"""
