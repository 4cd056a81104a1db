//! One source, read by several readers in turn.
//!
//! What enters: the source. What leaves: readers, each with a place of its own. What is refused: nothing.

use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// A reader of a source that others read, too.
pub(super) struct Shared<R> {
    source: Rc<RefCell<R>>,
    at: u64,
}

impl<R> Shared<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source: Rc::new(RefCell::new(source)), at: 0 }
    }

    /// Another reader of the same source, at its beginning.
    pub(super) fn other(&self) -> Self {
        Self { source: Rc::clone(&self.source), at: 0 }
    }
}

impl<R: Read + Seek> Read for Shared<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut source = self.source.borrow_mut();
        source.seek(SeekFrom::Start(self.at))?;
        let count = source.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for Shared<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let mut source = self.source.borrow_mut();
        source.seek(SeekFrom::Start(self.at))?;
        self.at = source.seek(to)?;
        Ok(self.at)
    }
}
