"""Optional questions about an assessment; none of them changes it."""
