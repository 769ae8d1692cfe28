"""The rules of the house: what every file, folder and import keeps to."""
