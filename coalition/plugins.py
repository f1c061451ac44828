"""Plugins: finding them, switching them on and off, and asking them without getting hurt."""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pluggy
import structlog
from marshmallow import Schema, ValidationError
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from coalition import config, db, events, hookspecs, jobs

GROUP = "coalition.plugins"
SDK_VERSION = 1  # raised when `coalition.sdk` loses or changes something
FAILURES_BEFORE_PAUSE = 5
PAUSE_S = 60
_ALL_COALITIONS = "SELECT id FROM coalitions"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class PluginSwitched(events.Event):
    """A plugin was switched on or off for a coalition, or everywhere: then each is told.

    A plugin that is off hears nothing, so the one that is switched on reads what it missed.
    """

    name: ClassVar[str] = "plugin.switched"
    plugin: str
    on: bool


@dataclass(frozen=True)
class LetterCount:
    """How many have signed, and by what rule they were counted, in words for the page."""

    organizations: int
    people: int
    rule: str = ""

    @property
    def total(self) -> int:
        """All signatures that count."""
        return self.organizations + self.people


@dataclass(frozen=True)
class Panel:
    """A section on a coordinator's page: a title and HTML (`markupsafe.Markup`)."""

    title: str
    html: str


@dataclass(frozen=True)
class PageLink:
    """A page in the coordinators' navigation: `path` below the coalition's, and words."""

    path: str
    words: str


class SectionPlace(StrEnum):
    """Where on a campaign's page a plugin's section stands."""

    CALL = "call"  # with what readers are asked to do, on top
    TEXT = "text"  # under the text and its sponsors
    END = "end"


@dataclass(frozen=True)
class CampaignSection:
    """A section on a campaign's public page: a title and HTML (`markupsafe.Markup`)."""

    title: str
    html: str
    place: SectionPlace = SectionPlace.END


@dataclass
class Plugin:
    """One plugin that is installed; `problem` says in words why it could not be loaded."""

    name: str
    version: str
    package: str
    module: Any = None
    problem: str | None = None
    hooks: list[str] = field(default_factory=list)
    summary: str = ""  # what it does, from its distribution

    @property
    def table_prefix(self) -> str:
        """How the names of its tables begin."""
        return self.name.replace("-", "_") + "_"

    @property
    def tables(self) -> list[str]:
        """The names of its tables."""
        return sorted(
            name for name in db.Base.metadata.tables if name.startswith(self.table_prefix)
        )


class PluginInstallation(db.Base):
    """Whether a plugin is switched on for the whole installation; on without a row."""

    __tablename__ = "plugin_installations"

    plugin: Mapped[str] = mapped_column(unique=True)
    is_enabled: Mapped[bool] = mapped_column(default=True)


class PluginSetting(db.Tenant, db.Base):
    """A coalition's choice about a plugin: on or off, and its settings."""

    __tablename__ = "plugin_settings"
    table_args = (UniqueConstraint("coalition_id", "plugin"),)

    plugin: Mapped[str]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Registry:
    """The plugins of this process. One is made by `registry()`; tests make their own."""

    def __init__(self) -> None:
        self.manager = pluggy.PluginManager("coalition")
        self.manager.add_hookspecs(hookspecs)
        self.plugins: dict[str, Plugin] = {}
        self._failures: dict[tuple[str, str], list[float]] = {}

    def load(self) -> None:
        """Load what is installed; a plugin that cannot be loaded is listed with the reason."""
        wanted = config.current().plugins
        for entry_point in sorted(entry_points(group=GROUP), key=lambda each: each.name):
            if wanted is None or entry_point.name in wanted:
                self._load(entry_point)
        for name in wanted or ():
            if name not in self.plugins:
                self.plugins[name] = Plugin(name, "", "", problem="It is not installed.")

    def add(self, name: str, module: Any, *, version: str = "") -> Plugin:
        """Register a plugin's module; its facts are delivered to it from now on."""
        plugin = Plugin(name, version, getattr(module, "__package__", "") or "", module)
        self.plugins[name] = plugin
        try:
            self._register(plugin)
        except Exception as error:
            if self.manager.has_plugin(name):
                self.manager.unregister(name=name)
            plugin.problem = f"{type(error).__name__}: {error}"
        return plugin

    def remove(self, name: str) -> None:
        """Forget a plugin."""
        self.plugins.pop(name, None)
        if self.manager.has_plugin(name):
            self.manager.unregister(name=name)
        events.unsubscribe(f"plugin.{name}")

    def forgive(self) -> None:
        """Ask plugins again that were paused for their failures."""
        self._failures.clear()

    def ask(
        self, hook: str, *, only: str | None = None, **values: Any
    ) -> Iterator[tuple[str, Any]]:
        """Ask each plugin that is on; yield name and answer, `None` answers left out.

        A failing plugin is logged and skipped. After five failures in a row it is not asked
        for a minute. What it wrote to the database before it failed is undone.
        """
        for implementation in reversed(
            self.manager.hook.__getattribute__(hook).get_hookimpls()
        ):
            name = implementation.plugin_name
            if (
                (only is not None and name != only)
                or not is_on(name)
                or self._paused(name, hook)
            ):
                continue
            answer = self._guarded(implementation, hook, values)
            if answer is not None:
                yield name, answer

    def _guarded(self, implementation: Any, hook: str, values: dict[str, Any]) -> Any:
        # A plugin may leave out arguments that it does not need.
        chosen = [values[name] for name in implementation.argnames]
        started, mark = time.perf_counter(), events.mark()
        try:
            if db.is_active():
                with db.session.begin_nested():
                    answer = implementation.function(*chosen)
            else:
                answer = implementation.function(*chosen)
        except Exception:
            events.rewind(mark)
            log.exception("plugin failed", plugin=implementation.plugin_name, hook=hook)
            self._failures.setdefault((implementation.plugin_name, hook), []).append(
                time.monotonic()
            )
            return None
        self._failures.pop((implementation.plugin_name, hook), None)
        if config.current().trace_hooks:
            took_ms = (time.perf_counter() - started) * 1000
            print(
                f"hook {hook} {implementation.plugin_name} {took_ms:.1f} ms -> {answer!r:.80}",
                file=sys.stderr,
            )
        return answer

    def _paused(self, name: str, hook: str) -> bool:
        failures = self._failures.get((name, hook), [])
        if len(failures) < FAILURES_BEFORE_PAUSE:
            return False
        if time.monotonic() - failures[-1] > PAUSE_S:
            del failures[FAILURES_BEFORE_PAUSE - 1 :]  # one more try
            return False
        return True

    def _load(self, entry_point: EntryPoint) -> None:
        distribution = entry_point.dist
        version = distribution.version if distribution else ""
        package = entry_point.module.partition(".")[0]
        try:
            module = entry_point.load()
        # SystemExit at import must not end the server, and is no Exception.
        except (Exception, SystemExit) as error:
            problem = f"{type(error).__name__}: {error}"
            self.plugins[entry_point.name] = Plugin(
                entry_point.name, version, package, problem=problem
            )
            log.error("plugin not loaded", plugin=entry_point.name, problem=problem)
            events.hold(f"plugin.{entry_point.name}")
            return
        added = self.add(entry_point.name, module, version=version)
        added.package = package
        added.summary = str(distribution.metadata["Summary"] or "") if distribution else ""

    def _register(self, plugin: Plugin) -> None:
        needs = getattr(plugin.module, "NEEDS_SDK", SDK_VERSION)
        if needs != SDK_VERSION:
            raise RuntimeError(f"it is made for SDK {needs}; this is SDK {SDK_VERSION}")
        self._check_tables(plugin)
        self.manager.register(plugin.module, name=plugin.name)
        self.manager.check_pending()
        plugin.hooks = sorted(
            caller.name for caller in self.manager.get_hookcallers(plugin.module) or []
        )
        self._subscribe(plugin)

    def _check_tables(self, plugin: Plugin) -> None:
        package = plugin.package.partition(".")[0]
        for mapper in db.Base.registry.mappers:
            table = mapper.local_table
            owner = mapper.class_.__module__.partition(".")[0]
            if package and owner == package and not str(table).startswith(plugin.table_prefix):
                raise RuntimeError(f"its table {table} must begin with {plugin.table_prefix}")

    def _subscribe(self, plugin: Plugin) -> None:
        handle = getattr(plugin.module, "coalition_on_events", None)
        if handle is None:
            return

        def tell(facts: Sequence[Any]) -> None:
            if any(isinstance(fact, PluginSwitched) for fact in facts):
                forget_switches()  # the answer in memory may be older than the fact
            if is_on(plugin.name):
                handle(facts)

        events.subscribe(f"plugin.{plugin.name}", *events.kinds_of(handle))(tell)


@cache
def registry() -> Registry:
    """Return the plugins of this process, loaded at the first call."""
    made = Registry()
    made.load()
    return made


def ask_all(hook: str, **values: Any) -> list[tuple[str, Any]]:
    """Ask every plugin that is on; return (plugin, answer) for each that has one."""
    return list(registry().ask(hook, **values))


def ask_first(hook: str, **values: Any) -> Any:
    """Return the first answer of a plugin that is on, or `None`."""
    return next((answer for _, answer in registry().ask(hook, **values)), None)


def is_on(plugin_name: str) -> bool:
    """Return whether a plugin is switched on here: for the installation and this coalition."""
    off_everywhere, off_here = _switched_off(db.current_coalition_id())
    return plugin_name not in off_everywhere and plugin_name not in off_here


def is_on_everywhere(plugin_name: str) -> bool:
    """Return whether a plugin is switched on for the installation, whatever coalitions chose."""
    return plugin_name not in _switched_off(None)[0]


def switch(plugin_name: str, *, on: bool) -> None:
    """Switch a plugin on or off: for the open coalition, else for the installation.

    For the installation it is called in a platform transaction, which may tell all coalitions.
    """
    coalition_id = db.current_coalition_id()
    values: dict[str, Any] = {"id": uuid7(), "plugin": plugin_name, "is_enabled": on}
    if coalition_id is None:
        statement = insert(PluginInstallation).values(values)
        target = ["plugin"]
    else:
        statement = insert(PluginSetting).values(
            **values, coalition_id=coalition_id, settings={}
        )
        target = ["coalition_id", "plugin"]
    db.session.execute(
        statement.on_conflict_do_update(index_elements=target, set_={"is_enabled": on})
    )
    told = [coalition_id] if coalition_id else [r["id"] for r in db.rows(_ALL_COALITIONS)]
    for each in told:
        events.record(PluginSwitched(coalition_id=each, plugin=plugin_name, on=on))
    forget_switches()


def settings_schema(plugin_name: str) -> Schema | None:
    """Return the schema of a plugin's settings, if it has any."""
    plugin = registry().plugins.get(plugin_name)
    ask = getattr(plugin.module, "coalition_settings", None) if plugin else None
    schema = ask() if ask else None
    return schema() if schema else None


def settings(plugin_name: str) -> dict[str, Any]:
    """Return a plugin's settings in the open coalition, defaults filled in."""
    schema = settings_schema(plugin_name)
    if schema is None:
        return {}
    row = db.session.scalar(select(PluginSetting).filter_by(plugin=plugin_name))
    try:
        loaded: dict[str, Any] = schema.load(row.settings if row else {})
    except ValidationError:  # a newer version of the plugin knows other values
        loaded = schema.load({})
    return loaded


def choose_settings(plugin_name: str, values: dict[str, Any]) -> None:
    """Store a coalition's settings of a plugin; `values` passed its schema."""
    schema = settings_schema(plugin_name)
    stored = schema.dump(values) if schema else {}
    statement = insert(PluginSetting).values(
        id=uuid7(),
        coalition_id=db.current_coalition_id(),
        plugin=plugin_name,
        is_enabled=True,
        settings=stored,
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["coalition_id", "plugin"], set_={"settings": stored}
        )
    )


def translation_folders() -> list[str]:
    """Return where the plugins keep their translations: `translations/` in their package."""
    folders = []
    for plugin in registry().plugins.values():
        spec = (
            find_spec(plugin.package) if plugin.module is not None and plugin.package else None
        )
        for location in (spec.submodule_search_locations or ()) if spec else ():
            folder = Path(location) / "translations"
            if folder.is_dir():
                folders.append(str(folder))
    return folders


def register_periodic() -> None:
    """Take over the plugins' periodic tasks; called by scheduler and worker."""
    for _, tasks in registry().ask("coalition_periodic"):
        for task in tasks:
            jobs.periodic(task)


def register_chores() -> None:
    """Take over the plugins' long work; called by scheduler and worker."""
    for _, chores in registry().ask("coalition_chores"):
        for chore in chores:
            jobs.long_chore(chore)


def data_folder(plugin_name: str) -> Path:
    """Return a folder on this machine in which a plugin may keep files, made at the first use.

    For what belongs to a process or a machine; what belongs to a coalition is in the database.
    """
    folder = config.current().data_dir / "plugins" / plugin_name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


SWITCHES_KEPT_S = 2.0  # so that a public page does not ask the database for them
_switches: dict[UUID | None, tuple[float, tuple[frozenset[str], frozenset[str]]]] = {}


def forget_switches() -> None:
    """Read the switches anew at the next question."""
    _switches.clear()


def _switched_off(coalition_id: UUID | None) -> tuple[frozenset[str], frozenset[str]]:
    known = _switches.get(coalition_id)
    if known is not None and time.monotonic() - known[0] < SWITCHES_KEPT_S:
        return known[1]
    if not db.is_active():
        return frozenset(), frozenset()  # start-up: everything that is installed is asked
    everywhere = frozenset(
        db.session.scalars(select(PluginInstallation.plugin).filter_by(is_enabled=False))
    )
    here = frozenset(
        db.session.scalars(
            select(PluginSetting.plugin).filter_by(is_enabled=False, coalition_id=coalition_id)
        )
        if coalition_id
        else ()
    )
    _switches[coalition_id] = (time.monotonic(), (everywhere, here))
    return everywhere, here
