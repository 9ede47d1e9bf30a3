"""Commands of checkout testing, one file each."""
