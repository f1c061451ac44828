"""Run the revisions of one distribution; `coalition.migrating` sets the attributes."""

from alembic import context

from coalition import db

chain = context.config.attributes["chain"]
prefixes = context.config.attributes["prefixes"]


def belongs_here(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the tables of other distributions alone."""
    if kind != "table":
        return True
    return (
        name is not None
        and not name.startswith("alembic_version")
        and chain.owns(name, prefixes)
    )


def has_model_here(_object: object, name: str | None, kind: str, *_more: object) -> bool:
    return belongs_here(name, kind, None)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=db.Base.metadata,
    version_table=chain.version_table,
    include_name=belongs_here,
    include_object=has_model_here,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
