"""An answer taken apart."""
