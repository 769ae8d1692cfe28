"""Departments: every effect outside, a department a file. They do not call each other."""
