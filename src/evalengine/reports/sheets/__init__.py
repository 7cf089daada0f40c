"""The sheets of the ranking workbook: one file, one function `write` each; sheets do not import each other."""
