"""Classification (分类): what a machine takes a ticket for, with how sure it is, and what people say of that.

An *aspect* is what it is asked: type, product, reason, severity, language, sentiment, emotion, spam. A *label* is its
answer: *set* where it was sure enough, *proposed* below that, *unknown* where the text is like nothing it knows; people
*confirm* or *correct* it, and new *heads* learn from that in the background. It never holds up a conversation.
"""
