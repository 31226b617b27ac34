"""E-mail, pure: bytes to structs and structs to bytes, with no database, no clock and no network.

Words: a *mail* is one RFC 5322 message; its *reply* is the new part the writer typed, its *quoted* part the rest,
which is folded and never thrown away; *never-answer* mails are bounces, delivery notices, complaints and automatic
replies.
It never raises on what a stranger sent: what cannot be read is named in ``ParsedMail.problem``.
"""
