"""Findings: Markdown documents whose numbers, tables and charts come from the runs. Here they are read; pages answer what they ask."""
