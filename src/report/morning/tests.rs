//! The sheet in both languages and in two widths.
