"""The pages of the help centre that many read: first page, categories, articles, and what machines read of them."""

from typing import Any
from xml.sax.saxutils import escape

from markupsafe import Markup
from msgspec import Struct

from ombud.knowledge.articles.schemas import ShownArticle
from ombud.portal.help_centre.library import Library
from ombud.portal.help_centre.rules import below, language_name, related, way_to
from ombud.portal.help_centre.schemas import Card, Entry, Language, Shelf, Step
from ombud.portal.pages import render
from ombud.portal.rules import Place, words_locale
from ombud.portal.words import WORDS
from ombud.shared.errors import NotFound

CARD_SIZE = 5
DESCRIPTION = 160
XML = "application/xml; charset=utf-8"


class Asked(Struct, frozen=True):
    """A page that somebody asks for: of which site, in which language, out of what they may read."""

    place: Place
    locale: str
    library: Library
    me: Any = None

    @property
    def spoken(self) -> str:
        """The language of the page's own words."""
        return words_locale(self.locale)

    @property
    def words(self) -> dict[str, Any]:
        """The page's own words."""
        return WORDS[self.spoken]

    def url(self, rest: str = "", locale: str = "") -> str:
        """A path of this site."""
        return f"{self.place.help}/{locale or self.locale}{rest}"

    def published(self, rest: str = "", locale: str = "") -> str:
        """The address of the same under which it is published."""
        return f"{self.place.help_url}/{locale or self.locale}{rest}"


def build_home(asked: Asked) -> bytes:
    """The first page: search, what is asked most, and the categories."""
    shown = asked.library.shown(asked.locale)
    tops = [one for one in asked.library.shelves if one.parent_id is None]
    cards = [card for one in tops if (card := _card(asked, one, shown))]
    known = {shelf for one in tops for shelf in below(asked.library.shelves, one.id)}
    loose = [one for one in shown if one.category_id not in known]
    if loose:
        name = asked.words["other_articles"] if cards else asked.words["help"]
        cards.append(Card(name, "", loose, len(loose)))
    look, name = asked.place.site.look, _brand(asked)
    site = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": f"{name} · {asked.words['help']}",
        "url": asked.published(),
        "inLanguage": asked.locale,
        "potentialAction": {
            "@type": "SearchAction",
            "target": asked.published("/search?q={search_term_string}"),
            "query-input": "required name=search_term_string",
        },
    }
    return _render(
        asked,
        "home.html",
        "",
        pinned=[one for one in shown if one.is_pinned][:CARD_SIZE],
        cards=cards,
        description=look.welcome.said(asked.spoken) or asked.words["welcome"],
        data=[site],
    )


def _card(asked: Asked, shelf: Shelf, shown: list[Entry]) -> Card | None:
    inside = below(asked.library.shelves, shelf.id)
    entries = [one for one in shown if one.category_id in inside]
    if not entries:
        return None
    url = asked.url(f"/categories/{shelf.id}")
    return Card(shelf.name(asked.spoken), url if len(entries) > CARD_SIZE else "", entries[:CARD_SIZE], len(entries))


def build_category(asked: Asked, shelf_id: int) -> bytes:
    """A category with its articles, and those of the categories below it.

    Raises:
        NotFound: there is none that the reader may see.
    """
    way = way_to(asked.library.shelves, shelf_id)
    if not way:
        raise NotFound
    shown = asked.library.shown(asked.locale)
    parts = [
        Card(
            one.name(asked.spoken),
            asked.url(f"/categories/{one.id}"),
            [each for each in shown if each.category_id in below(asked.library.shelves, one.id)],
            0,
        )
        for one in asked.library.shelves
        if one.parent_id == shelf_id
    ]
    steps = _steps(asked, way[:-1])
    return _render(
        asked,
        "category.html",
        f"/categories/{shelf_id}",
        name=way[-1].name(asked.spoken),
        steps=[*steps, Step(way[-1].name(asked.spoken))],
        entries=[one for one in shown if one.category_id == shelf_id],
        parts_below=[one for one in parts if one.entries],
        description=way[-1].name(asked.spoken),
        data=[_crumb_data(asked, [*steps, Step(way[-1].name(asked.spoken))])],
    )


def _steps(asked: Asked, way: list[Shelf]) -> list[Step]:
    first = Step(asked.words["help"], asked.url())
    return [first, *(Step(one.name(asked.spoken), asked.url(f"/categories/{one.id}")) for one in way)]


def build_article(asked: Asked, entry: Entry, article: ShownArticle, *, is_open: bool) -> bytes:
    """An article; ``is_open``: the public may read it."""
    rest = f"/articles/{entry.slug}"
    steps = [*_steps(asked, way_to(asked.library.shelves, entry.category_id)), Step(article.title)]
    siblings = asked.library.by_slug[entry.slug]
    original = next((one for one in siblings if one.locale == entry.default_locale and one is not entry), None)
    files = [one for one in article.files if not one.is_inline]
    return _render(
        asked,
        "article.html",
        rest,
        [one.locale for one in siblings],
        article=article,
        body=Markup(article.html),  # noqa: S704 – the one sanitiser has made it safe
        files=files,
        steps=steps,
        original=original and Language(original.locale, "", asked.url(rest, original.locale)),
        related=related(entry, asked.library.shown(asked.locale)),
        for_customers=not is_open,
        description=article.summary or _beginning(article.text),
        data=[_article_data(asked, article), _crumb_data(asked, steps)],
    )


def _beginning(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= DESCRIPTION else flat[: DESCRIPTION - 1] + "…"


def _brand(asked: Asked) -> str:
    return asked.place.site.look.name.said(asked.spoken) or asked.place.site.brand


def _article_data(asked: Asked, article: ShownArticle) -> dict[str, Any]:
    if article.kind == "faq":
        answer = {"@type": "Answer", "text": article.text}
        question = {"@type": "Question", "name": article.title, "acceptedAnswer": answer}
        return {
            "@context": "https://schema.org",
            "@type": "FAQPage",
            "inLanguage": article.locale,
            "mainEntity": [question],
        }
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.title,
        "description": article.summary or _beginning(article.text),
        "inLanguage": article.locale,
        "dateModified": article.published_at.isoformat(timespec="seconds"),
        "mainEntityOfPage": asked.published(f"/articles/{article.slug}", article.locale),
        "publisher": {"@type": "Organization", "name": _brand(asked)},
    }


def _crumb_data(asked: Asked, steps: list[Step]) -> dict[str, Any]:
    def item(place: int, step: Step) -> dict[str, Any]:
        found: dict[str, Any] = {"@type": "ListItem", "position": place, "name": step.name}
        if step.url:
            found["item"] = asked.place.help_url + step.url.removeprefix(asked.place.help)
        return found

    items = [item(place, step) for place, step in enumerate(steps, 1)]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def languages_of(asked: Asked, rest: str, locales: list[str]) -> list[Language]:
    """The same page in other languages; where it is in none of ours, their first pages."""
    everywhere = asked.library.locales
    return [
        Language(one, language_name(one), asked.url(rest if one in locales else "", one))
        for one in dict.fromkeys([*everywhere, *locales])
    ]


def _render(asked: Asked, template: str, rest: str, locales: list[str] | None = None, /, **values: Any) -> bytes:
    known = asked.library.locales if locales is None else locales
    default = asked.place.site.look.locale_default
    alternates = [Language(one, "", asked.published(rest, one)) for one in known]
    if default in known:
        alternates.append(Language("x-default", "", asked.published(rest, default)))
    return render(
        template,
        asked.place,
        asked.locale,
        canonical=asked.published(rest),
        alternates=alternates if len(known) > 1 else [],
        languages=languages_of(asked, rest, known),
        me=asked.me,
        section="help",
        **({"for_customers": False} | values),
    )


def build_sitemap(asked: Asked) -> bytes:
    """All public pages with their languages, as search engines read them."""
    rests = [("", asked.library.locales)]
    rests += [(f"/articles/{slug}", [one.locale for one in entries]) for slug, entries in asked.library.by_slug.items()]
    changed = {f"/articles/{one.slug}": one.published_at for one in asked.library.entries}
    lines = []
    for rest, locales in rests:
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{one}" href="{escape(asked.published(rest, one))}"/>'
            for one in locales
        )
        at = f"<lastmod>{changed[rest].date().isoformat()}</lastmod>" if rest in changed else ""
        lines += [f"<url><loc>{escape(asked.published(rest, one))}</loc>{at}{links}</url>" for one in locales]
    names = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {names}>\n' + "\n".join(lines) + "\n</urlset>\n"
    return text.encode()


def robots_text(place: Place | None) -> bytes:
    """What search engines may look at: the help centre, if its brand wants that, and nothing else."""
    if place is None or not place.site.look.is_listed or not place.site.is_on:
        return b"User-agent: *\nDisallow: /\n"
    return f"User-agent: *\nAllow: /help\nDisallow: /\nSitemap: {place.help_url}/sitemap.xml\n".encode()
