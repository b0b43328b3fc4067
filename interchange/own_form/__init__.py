"""Tables of our own form brought back: what people changed in an export becomes corrections of the record."""
