"""The participation of firms in cooperation networks and clusters: one file for each step of the year."""
