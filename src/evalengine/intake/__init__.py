"""From submitted files to checked tables: guard, read, parse, validate, adjust."""
