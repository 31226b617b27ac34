"""The help centre: published articles as pages, search, and a form that proposes answers before it sends."""
