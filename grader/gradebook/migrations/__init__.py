"""How the tables of a gradebook came to what they are; Alembic runs these one after another, in the database that is opened."""
