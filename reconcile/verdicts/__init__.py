"""For each invoice where it is, where it belongs, where tonight's import puts it: outcome and cause."""
