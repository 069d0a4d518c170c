//! Hexadecimal digits of ids. `{:016x}` takes several times as long, and each stored step has some ids.

use std::fmt;

/// Writes the 16 digits of a number.
pub(super) fn write(number: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut digits = [0; 16];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(rest % 16) as usize];
        rest /= 16;
    }
    f.write_str(str::from_utf8(&digits).map_err(|_| fmt::Error)?)
}
