//! What the two binary forms of workbooks share.
//!
//! What enters: bytes of records. What leaves: numbers and names of errors. What is refused: records that end early.

use super::fault::Fault;

/// Some bytes of a record.
pub(super) fn bytes_at<const COUNT: usize>(data: &[u8], at: usize) -> Result<[u8; COUNT], Fault> {
    let bytes = data.get(at..).and_then(|rest| rest.first_chunk());
    bytes.copied().ok_or_else(|| Fault::damaged("a record ends early"))
}

pub(super) fn u8_at(data: &[u8], at: usize) -> Result<u8, Fault> {
    bytes_at::<1>(data, at).map(|[byte]| byte)
}

pub(super) fn u16_at(data: &[u8], at: usize) -> Result<u16, Fault> {
    bytes_at(data, at).map(u16::from_le_bytes)
}

pub(super) fn u32_at(data: &[u8], at: usize) -> Result<u32, Fault> {
    bytes_at(data, at).map(u32::from_le_bytes)
}

pub(super) fn f64_at(data: &[u8], at: usize) -> Result<f64, Fault> {
    bytes_at(data, at).map(f64::from_le_bytes)
}

/// A number in four bytes: the upper half of a float, or a whole number, of hundredths perhaps.
#[expect(clippy::float_arithmetic, reason = "the form keeps prices as hundredths")]
pub(super) fn packed_number(packed: u32) -> f64 {
    let value = if packed & 2 == 0 {
        f64::from_bits(u64::from(packed & !3) << 32)
    } else {
        f64::from(packed.cast_signed() >> 2)
    };
    if packed & 1 == 0 { value } else { value / 100.0 }
}

/// The name of an error.
pub(super) fn error_name(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        0x2B => "#GETTING_DATA",
        _ => "#?",
    }
}

/// UTF-16 as bytes.
pub(super) fn push_wide(text: &mut String, bytes: &[u8]) {
    let units = bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    text.extend(char::decode_utf16(units).map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER)));
}
