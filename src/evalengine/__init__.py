"""evalengine: evaluation, scoring and ranking of innovation consortia."""
