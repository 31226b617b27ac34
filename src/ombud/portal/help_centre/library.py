"""What a site has to read, as its pages need it; kept until the stamp moves."""

from ombud.knowledge.articles.queries import Places, find_shown
from ombud.knowledge.articles.schemas import Reader, ShownArticle
from ombud.portal.help_centre import queries
from ombud.portal.help_centre.rules import Typing, best_languages, locales_of
from ombud.portal.help_centre.schemas import Entry, Shelf
from ombud.portal.kept import Kept
from ombud.portal.rules import Place
from ombud.portal.schemas import Site
from ombud.shared.database import Database


class Library:
    """All that one kind of reader may read on a site."""

    def __init__(self, entries: list[Entry], shelves: list[Shelf]) -> None:
        self.entries = entries
        self.shelves = shelves
        self.locales = locales_of(entries)
        self.by_slug: dict[str, list[Entry]] = {}
        for one in entries:
            self.by_slug.setdefault(one.slug, []).append(one)
        self._shown: dict[str, list[Entry]] = {}
        self._typing: dict[str, Typing] = {}

    def shown(self, locale: str) -> list[Entry]:
        """Each article once, in the language that suits best."""
        if locale not in self._shown:
            self._shown[locale] = best_languages(self.entries, locale)
        return self._shown[locale]

    def typing(self, locale: str) -> Typing:
        """The titles in a language, for suggestions."""
        if locale not in self._typing:
            self._typing[locale] = Typing(self.shown(locale))
        return self._typing[locale]


async def library_of(database: Database, kept: Kept, site: Site, *, is_customer: bool = False) -> Library:
    """What a site has for the public, or for a customer who is signed in."""
    reader = queries.reader_for(site, is_customer=is_customer)

    async def load() -> object:
        async with database.statements() as connection:
            entries = await queries.load_entries(connection, reader)
            return Library(entries, await queries.load_shelves(connection, reader))

    found = await kept.thing(("library", site.brand_id, is_customer), load)
    assert isinstance(found, Library)  # noqa: S101 – nothing else is kept under this key
    return found


async def load_article(database: Database, place: Place, entry: Entry, reader: Reader) -> ShownArticle:
    """An article in the language of an entry, its links and pictures at the site's own addresses."""
    places = Places(files=f"{place.help}/files/", articles=f"{place.help}/{entry.locale}/articles/")
    async with database.statements() as connection:
        return await find_shown(
            connection,
            entry.article_id,
            reader=reader,
            locale=entry.locale,
            brand_id=place.site.brand_id,
            places=places,
        )
