"""What Alembic asks first: the connection and the transaction are those of whoever opens the gradebook."""

from alembic import context

from grader.gradebook.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
