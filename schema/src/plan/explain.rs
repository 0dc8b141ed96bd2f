//! Plans as readable text.
