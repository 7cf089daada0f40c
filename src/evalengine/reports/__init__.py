"""What an assessment looks like on paper and in tables for other tools."""
