"""What maintainers run by hand; nothing here is part of the wheel."""
