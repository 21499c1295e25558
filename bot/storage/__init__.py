"""What survives a restart, in SQL: a SQLite file under DATA_DIR, or PostgreSQL. Nothing else here knows SQL."""
