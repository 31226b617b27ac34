"""Reads what the demo desk is made of: world, scenes and their texts."""

from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec

from ombud.demo.grammar import Lexicon
from ombud.demo.letters import DemoTemplate
from ombud.tickets.schemas import MacroActions

T = TypeVar("T")
LANGUAGES = ("zh", "en")
FOLDER = files("ombud.demo")


class ProductKind(msgspec.Struct, frozen=True):
    """A kind of appliance; parts are (Chinese, English, yuan)."""

    key: str
    zh: str
    en: str
    models: tuple[str, ...]
    price: tuple[int, int]
    parts: tuple[tuple[str, str, int], ...]
    codes: tuple[str, ...]
    faults_zh: tuple[str, ...]
    faults_en: tuple[str, ...]
    is_installed: bool
    has_app: bool


class Products(msgspec.Struct, frozen=True):
    """The file of products."""

    kinds: tuple[ProductKind, ...]


class Places(msgspec.Struct, frozen=True):
    """Where customers live and who brings, pays and mends."""

    cities: tuple[tuple[str, str, str], ...]
    streets_zh: tuple[str, ...]
    streets_en: tuple[str, ...]
    carriers_zh: tuple[str, ...]
    carriers_en: tuple[str, ...]
    banks_zh: tuple[str, ...]
    banks_en: tuple[str, ...]
    technicians_zh: tuple[str, ...]
    technicians_en: tuple[str, ...]


class Names(msgspec.Struct, frozen=True):
    """Names to draw from; Chinese ones with their spelling after a blank."""

    surnames: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    first_women: tuple[str, ...]
    first_men: tuple[str, ...]
    last: tuple[str, ...]


class TeamRow(msgspec.Struct, frozen=True):
    """A team of the shop."""

    key: str
    name: str
    routing: str = "push"


class Colleague(msgspec.Struct, frozen=True):
    """Somebody who works at the shop; the first team is the main one."""

    name: str
    email: str
    shown: str
    number: str
    teams: tuple[str, ...]
    languages: str
    style: str
    role: str = "agent"
    left_days_ago: int | None = None


class Staff(msgspec.Struct, frozen=True):
    """The file of teams and people."""

    brands: tuple[str, ...]
    teams: tuple[TeamRow, ...]
    people: tuple[Colleague, ...]


class Path(msgspec.Struct, frozen=True):
    """One way a scene can go: steps in order and the state it ends in."""

    steps: str
    weight: float = 1.0
    ends: str = "solved"


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of concern: who brings it, where it goes, what is said."""

    key: str
    weight: float
    team: str
    channels: dict[str, float]
    paths: tuple[Path, ...]
    zh: dict[str, list[str]]
    en: dict[str, list[str]]
    tags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    moods: dict[str, float] = msgspec.field(default_factory=lambda: {"calm": 3.0, "worried": 1.0})
    priority: int = 2
    purchase: str = "owned"
    pictures: dict[str, str] = {}
    senders: str = "customers"


class CommonLines(msgspec.Struct, frozen=True):
    """Lines that every scene may speak."""

    zh: dict[str, list[str]]
    en: dict[str, list[str]]


class Canned(msgspec.Struct, frozen=True):
    """A canned reply; team is empty for everybody's."""

    title: str
    shortcut: str
    text: str
    team: str = ""


class DemoMacro(msgspec.Struct, frozen=True):
    """A macro for everybody; ``solves`` sets the desk's solved status, whose id is not known before."""

    title: str
    actions: MacroActions
    text: str = ""
    note: str = ""
    solves: bool = False


class CannedReplies(msgspec.Struct, frozen=True):
    """The file of canned replies."""

    replies: tuple[Canned, ...]
    macros: tuple[DemoMacro, ...]
    templates: tuple[DemoTemplate, ...]


class ScenePlay:
    """A scene with its texts read, ready to be played in both languages."""

    def __init__(self, scene: Scene, common: dict[str, Lexicon]) -> None:
        self.scene = scene
        self.lexicons = {
            "zh": Lexicon(scene.zh, common["zh"]),
            "en": Lexicon(scene.en, common["en"]),
        }


class Material(msgspec.Struct, frozen=True):
    """All of it."""

    products: tuple[ProductKind, ...]
    places: Places
    names: Names
    staff: Staff
    scenes: dict[str, ScenePlay]
    canned: tuple[Canned, ...]
    macros: tuple[DemoMacro, ...]
    templates: tuple[DemoTemplate, ...]
    common: dict[str, Lexicon]


def read(name: str, kind: type[T]) -> T:
    """Read one of the package's TOML files."""
    return msgspec.toml.decode(FOLDER.joinpath(name).read_bytes(), type=kind)


@cache
def read_material() -> Material:
    """Read everything, once per process."""
    lines = read("common.toml", CommonLines)
    common = {"zh": Lexicon(lines.zh), "en": Lexicon(lines.en)}
    names = sorted(f.name for f in FOLDER.joinpath("scenes").iterdir() if f.name.endswith(".toml"))
    scenes = [read(f"scenes/{name}", Scene) for name in names]
    canned = read("world/canned.toml", CannedReplies)
    return Material(
        products=read("world/products.toml", Products).kinds,
        places=read("world/places.toml", Places),
        names=read("world/names.toml", Names),
        staff=read("world/team.toml", Staff),
        scenes={scene.key: ScenePlay(scene, common) for scene in scenes},
        canned=canned.replies,
        macros=canned.macros,
        templates=canned.templates,
        common=common,
    )
