"""Lists of cases for the staff: any filter, from the newest, page by page."""
