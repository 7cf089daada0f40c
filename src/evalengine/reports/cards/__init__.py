"""The page-set of each unit: in the office's workbook, and as files to send back."""
