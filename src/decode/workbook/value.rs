//! Values of cells as text.
//!
//! What enters: numbers, serial dates, ISO dates and durations. What leaves: their text in one form, whatever the
//! sheet shows. What is refused: nothing; what is no date stays as it is.

use std::io::Write as _;

/// What a number in a cell stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Itself.
    #[default]
    Number,
    /// A date, with a time or not.
    Date,
    /// The time of a day.
    Time,
    /// Hours that go on beyond a day.
    Duration,
}

const DAY: i64 = 86_400;

/// The last day that a spreadsheet knows, 9999-12-31, in its own count.
const LAST_DAY: i64 = 2_958_465;

/// Where the days of 1904 begin in the count of 1900.
const DAYS_TO_1904: i64 = 1462;

/// 1970-01-01 in the count of 1900.
const DAYS_TO_1970: i64 = 25_569;

/// Writes into memory never fail.
macro_rules! put {
    ($out:expr, $($arguments:tt)*) => {
        drop(write!($out, $($arguments)*))
    };
}

/// The shortest decimal text that reads back as the number.
pub(super) fn push_number(out: &mut Vec<u8>, value: f64) {
    let size = value.abs();
    if value == 0.0 {
        out.push(b'0');
    } else if (1e-9..1e21).contains(&size) {
        put!(out, "{value}");
    } else {
        put!(out, "{value:E}");
    }
}

/// A number as a file writes it, or as its kind says.
pub(super) fn push_written(out: &mut Vec<u8>, text: &[u8], kind: Kind, is_1904: bool) {
    // Most numbers are whole and short: nothing is to be computed.
    let is_plain =
        matches!(text, [b'0'] | [b'1'..=b'9', ..]) && text.len() <= 15 && text.iter().all(u8::is_ascii_digit);
    if is_plain && kind == Kind::Number {
        return out.extend_from_slice(text);
    }
    match std::str::from_utf8(text).ok().and_then(|text| text.trim().parse::<f64>().ok()) {
        Some(value) if value.is_finite() => push_serial(out, value, kind, is_1904),
        _ => out.extend_from_slice(text),
    }
}

/// A number as its kind says.
pub(super) fn push_serial(out: &mut Vec<u8>, value: f64, kind: Kind, is_1904: bool) {
    let Some(seconds) = seconds(value).filter(|_| kind != Kind::Number) else { return push_number(out, value) };
    if kind == Kind::Duration {
        if seconds < 0 {
            out.push(b'-');
        }
        return push_time(out, seconds.abs());
    }
    // The time of a day is rounded like any other, yet it never becomes the next day.
    if kind == Kind::Time && (0.0..1.0).contains(&value) {
        return push_time(out, seconds.min(DAY - 1));
    }
    let (day, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    // Without a day a date of 1900 is a time; in the count of 1904 day nought is a day like others.
    if day == 0 && (!is_1904 || second > 0) {
        return push_time(out, second);
    }
    let day = if is_1904 { day + DAYS_TO_1904 } else { day };
    match day {
        1..60 => push_moment(out, civil(day + 1 - DAYS_TO_1970), second),
        // A day that never was, kept since the first spreadsheet counted it.
        60 => push_moment(out, (1900, 2, 29), second),
        61..=LAST_DAY => push_moment(out, civil(day - DAYS_TO_1970), second),
        _ => push_number(out, value),
    }
}

/// A date of ISO 8601, `2026-03-01T08:30:00`.
pub(super) fn push_iso_date(out: &mut Vec<u8>, text: &str) {
    match iso_date(text) {
        Some((day, second)) => push_moment(out, civil(day), second),
        None => out.extend_from_slice(text.as_bytes()),
    }
}

/// A duration of ISO 8601, `PT08H30M00S`.
pub(super) fn push_iso_duration(out: &mut Vec<u8>, text: &str) {
    let Some((is_negative, seconds)) = iso_duration(text) else { return out.extend_from_slice(text.as_bytes()) };
    if is_negative {
        out.push(b'-');
    }
    push_time(out, seconds);
}

/// Seconds of a count of days; `None` when it is beyond all dates.
#[expect(clippy::float_arithmetic, reason = "spreadsheets keep times as fractions of a day")]
#[expect(clippy::cast_possible_truncation, reason = "the range is checked before")]
fn seconds(days: f64) -> Option<i64> {
    (days.abs() < 1e7).then(|| (days * 86_400.0).round() as i64)
}

fn push_time(out: &mut Vec<u8>, seconds: i64) {
    put!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

fn push_moment(out: &mut Vec<u8>, (year, month, day): (i64, i64, i64), second: i64) {
    put!(out, "{year:04}-{month:02}-{day:02}");
    if second > 0 {
        out.push(b' ');
        push_time(out, second);
    }
}

/// Days from 1970-01-01 as year, month and day. Years are counted from March, so that leap days end them.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (month_of_year, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + carry, month_of_year, day - (153 * month + 2) / 5 + 1)
}

/// Year, month and day as days from 1970-01-01.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn iso_date(text: &str) -> Option<(i64, i64)> {
    let text = text.trim();
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (whole(parts.next()?)?, whole(parts.next()?)?, whole(parts.next()?)?);
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || civil(days(year, month, day)) != (year, month, day)
    {
        return None;
    }
    let time = time.strip_suffix('Z').unwrap_or(time);
    let mut second = 0;
    if !time.is_empty() {
        let mut parts = time.splitn(3, ':');
        let (hours, minutes) = (whole(parts.next()?)?, whole(parts.next()?)?);
        let seconds = parts.next().map_or(Some(0), rounded)?;
        if hours > 23 || minutes > 59 || seconds > 60 {
            return None;
        }
        second = hours * 3600 + minutes * 60 + seconds;
    }
    let day = days(year, month, day) + second / DAY;
    (civil(day).0 <= 9999).then_some((day, second % DAY))
}

fn iso_duration(text: &str) -> Option<(bool, i64)> {
    let text = text.trim();
    let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (days, mut time) = text.strip_prefix('P')?.split_once('T')?;
    let mut seconds = if days.is_empty() { 0 } else { whole(days.strip_suffix('D')?)? * DAY };
    for (unit, size) in [('H', 3600), ('M', 60)] {
        if let Some((amount, rest)) = time.split_once(unit) {
            seconds += whole(amount)? * size;
            time = rest;
        }
    }
    if let Some(amount) = time.strip_suffix('S') {
        seconds += rounded(&amount.replace(',', "."))?;
    } else if !time.is_empty() {
        return None;
    }
    Some((is_negative, seconds))
}

/// A whole number that no sum of a few makes too large.
fn whole(text: &str) -> Option<i64> {
    (text.len() <= 9 && !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Seconds with a fraction, rounded.
fn rounded(text: &str) -> Option<i64> {
    let (whole_part, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_up = fraction.as_bytes().first().is_some_and(|digit| *digit >= b'5');
    Some(whole(whole_part)? + i64::from(is_up))
}

/// What numbers of a format are, by its code (`dd/mm/yyyy`); only the first part counts, the one for positive numbers.
pub(super) fn kind_of_code(code: &str) -> Kind {
    let mut marks = code.chars();
    let (mut has_day, mut has_month, mut has_time) = (false, false, false);
    while let Some(mark) = marks.next() {
        match mark.to_ascii_lowercase() {
            ';' => break,
            '"' => while marks.next().is_some_and(|c| c != '"') {},
            '\\' | '_' | '*' => drop(marks.next()),
            '[' => {
                let inside: String = marks.by_ref().take_while(|c| *c != ']').collect();
                let is_of = |unit: char| !inside.is_empty() && inside.chars().all(|c| c.eq_ignore_ascii_case(&unit));
                if is_of('h') || is_of('m') || is_of('s') {
                    return Kind::Duration;
                }
            }
            'd' | 'y' => has_day = true,
            'm' => has_month = true,
            'h' | 's' => has_time = true,
            // `General` holds none of the letters above, `E+00` neither.
            _ => {}
        }
    }
    match (has_day, has_month, has_time) {
        (true, ..) | (_, true, false) => Kind::Date,
        (_, _, true) => Kind::Time,
        _ => Kind::Number,
    }
}

/// What numbers of a format are that every spreadsheet knows by its number.
pub(super) fn kind_of_builtin(id: u32) -> Kind {
    match id {
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Kind::Date,
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => Kind::Time,
        46 => Kind::Duration,
        _ => Kind::Number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(push: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_read_back_as_they_were() {
        for (value, expected) in [
            (708_170_965_000.0, "708170965000"),
            (1e15, "1000000000000000"),
            (-0.0, "0"),
            (1e300, "1E300"),
            (1.5e-12, "1.5E-12"),
        ] {
            assert_eq!(text(|out| push_number(out, value)), expected);
        }
        for (written, expected) in [
            ("7.08170965E11", "708170965000"),
            ("007", "7"),
            ("12.50", "12.5"),
            ("19.989999999999998", "19.99"),
            (" 3 ", "3"),
            ("1e999", "1e999"),
        ] {
            assert_eq!(text(|out| push_written(out, written.as_bytes(), Kind::Number, false)), expected);
        }
    }

    #[test]
    fn both_counts_of_days_are_right() {
        for (value, kind, is_1904, expected) in [
            (1.0, Kind::Date, false, "1900-01-01"),
            (60.0, Kind::Date, false, "1900-02-29"),
            (61.0, Kind::Date, false, "1900-03-01"),
            (46_082.0, Kind::Date, false, "2026-03-01"),
            (44_620.0, Kind::Date, true, "2026-03-01"),
            (0.0, Kind::Date, true, "1904-01-01"),
            (46_082.999_999, Kind::Date, false, "2026-03-02"),
            (45_350.25, Kind::Time, false, "2024-02-28 06:00:00"),
            (0.999_999, Kind::Time, false, "23:59:59"),
            (-1.5, Kind::Duration, false, "-36:00:00"),
            (-1.5, Kind::Date, false, "-1.5"),
            (2_958_465.0, Kind::Date, false, "9999-12-31"),
            (2_958_466.0, Kind::Date, false, "2958466"),
        ] {
            assert_eq!(text(|out| push_serial(out, value, kind, is_1904)), expected, "{value}");
        }
    }

    #[test]
    fn iso_dates_and_durations() {
        for (written, expected) in [
            ("2026-03-01", "2026-03-01"),
            ("2026-03-01T00:00:00Z", "2026-03-01"),
            ("2024-12-31T23:59:59.7", "2025-01-01"),
            ("2026-02-30", "2026-02-30"),
            ("soon", "soon"),
            ("2026-03-01T99:00", "2026-03-01T99:00"),
        ] {
            assert_eq!(text(|out| push_iso_date(out, written)), expected);
        }
        for (written, expected) in
            [("PT08H05M00S", "08:05:00"), ("-PT1H0M0.6S", "-01:00:01"), ("P2DT1H", "49:00:00"), ("P1Y", "P1Y")]
        {
            assert_eq!(text(|out| push_iso_duration(out, written)), expected);
        }
    }

    #[test]
    fn formats_tell_dates() {
        for (code, kind) in [
            ("General", Kind::Number),
            ("0.00E+00", Kind::Number),
            ("#,##0.00 \"days\";[Red]-0", Kind::Number),
            ("[$-40C]d mmmm yyyy;@", Kind::Date),
            ("mmm", Kind::Date),
            ("hh:mm AM/PM", Kind::Time),
            ("mm:ss.0", Kind::Time),
            ("[h]:mm", Kind::Duration),
            ("0\\d", Kind::Number),
            ("_-* #,##0 _d", Kind::Number),
        ] {
            assert_eq!(kind_of_code(code), kind, "{code}");
        }
    }
}
