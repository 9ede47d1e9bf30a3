"""Commands of checkout testing."""
