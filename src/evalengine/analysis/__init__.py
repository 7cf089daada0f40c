"""Optional questions about an assessment; none of them changes it. And weights made from judgements and data."""
