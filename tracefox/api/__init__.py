"""What every route of the API has in common: how it refuses, how it pages through long lists, what it reads and how it describes itself. Imports no app."""
