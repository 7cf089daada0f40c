"""What is done with assessments and schemes beyond scoring: making weight profiles."""
