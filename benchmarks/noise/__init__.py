"""The noise budget: shops that change every day as real ones do, some of them attacked, and how many alerts each way of comparing gives."""
