//! Memory for tables that are looked at before they are written.
//!
//! What enters: how long a table is. What leaves: the table, zeros throughout. What is refused: nothing.

/// So many zeros, each of them written.
///
/// Memory that is only promised to be zero costs twice when it is read first: the system shows one page of zeros everywhere, takes
/// it away again when something is written there, and interrupts the other processors for that, page by page.
pub(crate) fn zeros<N: Copy + Default>(count: usize) -> Vec<N> {
    // What a compiler sees through it would make a promise of again.
    let mut zeros = std::hint::black_box(Vec::with_capacity(count));
    zeros.resize(count, N::default());
    zeros
}
