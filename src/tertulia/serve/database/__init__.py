"""What a server remembers, in SQLite or PostgreSQL."""
