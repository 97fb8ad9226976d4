"""What Alembic runs to migrate: on the connection that `apply.migrate` hands it."""

from alembic import context

from yingbi.migrations.apply import METADATAS

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATAS,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
