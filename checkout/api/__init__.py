"""Checkout Tests, their Test Data and their runs, for programs. Views translate and make one call, as the pages do; values of Test Data go in and never out."""
