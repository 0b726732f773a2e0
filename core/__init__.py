"""Record Analyst without a screen. Nothing here imports streamlit; see docs/architecture.md for the map."""
