"""HTML before anything reads it: bounded, so that nobody's nesting costs a parser its time."""

import re

TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]{0,40})")
VOID = frozenset({"br", "hr", "img", "wbr", "input", "col", "area", "base", "link", "meta", "source", "track", "embed"})
MAX_DEPTH = 200


def cap_depth(html: str) -> str:
    """Drop tags nested absurdly deep: the HTML parser's time grows with the square of the depth."""
    if html.count("<") <= MAX_DEPTH:
        return html
    depth = deepest = 0
    for match in TAG.finditer(html):
        if match[2].lower() not in VOID:
            depth = max(depth - 1, 0) if match[1] else depth + 1
            deepest = max(deepest, depth)
    return html if deepest <= MAX_DEPTH * 5 else re.sub(r"<[^<>]*>?", " ", html)
