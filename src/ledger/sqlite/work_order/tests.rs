//! Tests of the book of work orders.
