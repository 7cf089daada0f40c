"""Questions about an assessment, none of which changes it, and weights made from judgements and data."""
