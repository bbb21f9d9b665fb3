"""An AWS that answers from memory at the rates AWS documents, on a clock of its own."""
