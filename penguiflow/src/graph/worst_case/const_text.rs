//! Text that is put together while compiling: what does not fit is left out.

/// How long a text may be: enough for twenty nodes of a path.
const ROOM: usize = 2048;

/// Text for a message of the compiler.
#[derive(Debug)]
pub struct ConstText {
    bytes: [u8; ROOM],
    len: usize,
}

const NANOS: u64 = 1_000_000_000;

impl ConstText {
    pub(super) const fn new() -> Self {
        let bytes = [0; ROOM];
        Self { bytes, len: 0 }
    }

    /// The text.
    pub(super) const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.len);
        match str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "",
        }
    }

    pub(super) const fn push(&mut self, text: &str) {
        let text = text.as_bytes();
        if self.len + text.len() > ROOM {
            return;
        }
        let mut place = 0;
        while place < text.len() {
            self.bytes[self.len] = text[place];
            self.len += 1;
            place += 1;
        }
    }

    pub(super) const fn push_number(&mut self, number: u64) {
        if number >= 10 {
            self.push_number(number / 10);
        }
        if self.len < ROOM {
            self.bytes[self.len] = b'0' + (number % 10) as u8;
            self.len += 1;
        }
    }

    /// So many nanoseconds, as options write them: `1h 30m`, `32.5s`, `150ms`.
    pub(super) const fn push_time(&mut self, nanos: u64) {
        let (minutes, seconds) = (nanos / (60 * NANOS), nanos % (60 * NANOS));
        if minutes >= 60 {
            self.push_number(minutes / 60);
            self.push("h ");
        }
        if !minutes.is_multiple_of(60) {
            self.push_number(minutes % 60);
            self.push("m ");
        }
        match seconds {
            0 if minutes > 0 => self.len -= 1,
            0..NANOS if minutes == 0 => self.push_decimal(seconds, NANOS / 1000, "ms"),
            _ => self.push_decimal(seconds, NANOS, "s"),
        }
    }

    /// So many units, with as many decimals as there are.
    const fn push_decimal(&mut self, nanos: u64, unit: u64, name: &str) {
        self.push_number(nanos / unit);
        let (mut rest, mut digit) = (nanos % unit, unit / 10);
        if rest > 0 {
            self.push(".");
        }
        while rest > 0 {
            self.push_number(rest / digit);
            rest %= digit;
            digit /= 10;
        }
        self.push(name);
    }
}

#[cfg(test)]
mod tests {
    use super::ConstText;

    #[test]
    fn times_read_as_options_write_them() {
        let times = [
            (0, "0ms"),
            (1_500_000, "1.5ms"),
            (150_000_000, "150ms"),
            (32_500_000_000, "32.5s"),
            (90_000_000_000, "1m 30s"),
            (5_400_000_000_000, "1h 30m"),
            (86_400_050_000_000, "24h 0.05s"),
        ];
        for (nanos, expected) in times {
            let mut text = ConstText::new();
            text.push_time(nanos);
            assert_eq!(text.as_str(), expected);
        }
    }

    /// A name that does not fit is left out as a whole, so that the text stays text.
    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut text = ConstText::new();
        (0..1000).for_each(|_| text.push("größe"));
        assert!(text.as_str().ends_with("größe"));
    }
}
