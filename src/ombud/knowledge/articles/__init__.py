"""Articles: written as drafts, approved, published, archived; in languages, versions and for an audience.

A *draft* (草稿) is being written, a version in *review* (待审核) waits for somebody who may publish, and what
is *published* (已发布) is never changed: the next version takes its place. *Blocks* are passages and *variables*
words that several articles say; they stay marks in the body and are put in where it is read. One function says who
may read.
"""
