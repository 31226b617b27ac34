"""What ranks texts for a question; other rooms take it from here."""

from ombud.intelligence.retrieval.confidence import confidence_of
from ombud.intelligence.retrieval.ranking import Hit, Index, Query, query_of
from ombud.intelligence.retrieval.segments import Entry
from ombud.intelligence.retrieval.terms import counted_terms, packed_terms

__all__ = ["Entry", "Hit", "Index", "Query", "confidence_of", "counted_terms", "packed_terms", "query_of"]
