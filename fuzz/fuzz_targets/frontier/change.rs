//! A text with some values of it changed: the rest stays what a host would have stored, so that
//! most of what comes out is read further than the JSON.

use serde_json::Value;

/// The text with some changes, if it is one of a frontier; no longer than this.
#[must_use]
pub(crate) fn changed(text: &[u8], most: usize, seed: u32) -> Option<Vec<u8>> {
    let (name, text) = std::str::from_utf8(text).ok()?.split_once('\n')?;
    let mut frontier: Value = serde_json::from_str(text).ok()?;
    let mut dice = Dice(seed.into());
    for _ in 0..=dice.below(3) {
        change(&mut frontier, &mut dice);
    }
    let text = format!("{name}\n{frontier}");
    (text.len() <= most).then(|| text.into_bytes())
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        all.get(self.below(all.len())).cloned()
    }
}

const NUMBERS: [u64; 11] = [
    0,
    1,
    2,
    3,
    7,
    255,
    65_536,
    i32::MAX as u64,
    u32::MAX as u64,
    i64::MAX as u64,
    u64::MAX,
];

fn change(frontier: &mut Value, dice: &mut Dice) {
    let places = places(frontier);
    let Some(place) = dice.one_of(&places) else {
        return;
    };
    let alike = alike(frontier, &places, &place);
    let other = dice.one_of(&alike).unwrap_or_default();
    let other = frontier.pointer(&other).cloned().unwrap_or_default();
    let Some(value) = frontier.pointer_mut(&place) else {
        return;
    };
    match dice.below(4) {
        0 => *value = other,
        1 => *value = Value::Null,
        _ => change_within(value, other, dice),
    }
}

/// The places that hold such a value, and by the same name if there are any.
fn alike(frontier: &Value, places: &[String], place: &str) -> Vec<String> {
    let name = |place: &str| place.rsplit('/').next().map(str::to_owned);
    let is_a_name = name(place).is_some_and(|name| name.parse::<usize>().is_err());
    let kind = |place: &str| frontier.pointer(place).map(std::mem::discriminant);
    let others = places.iter().filter(|other| *other != place);
    let alike = others.filter(|other| match is_a_name {
        true => name(other) == name(place),
        false => kind(other) == kind(place),
    });
    alike.cloned().collect()
}

fn change_within(value: &mut Value, other: Value, dice: &mut Dice) {
    match value {
        Value::Bool(is) => *is = !*is,
        Value::Number(number) => {
            let number = number.as_u64().unwrap_or_default();
            let numbers = [
                number.wrapping_add(1),
                number.wrapping_sub(1),
                dice.one_of(&NUMBERS).unwrap_or_default(),
            ];
            *value = dice.one_of(&numbers).into();
        }
        Value::Array(list) => {
            let at = dice.below(list.len());
            match dice.below(3) {
                0 if !list.is_empty() => drop(list.remove(at)),
                1 if !list.is_empty() => list.insert(at, list[at].clone()),
                _ => list.extend(other.as_array().into_iter().flatten().cloned()),
            }
        }
        Value::Object(fields) => {
            let names: Vec<_> = fields.keys().cloned().collect();
            let name = dice.one_of(&names).unwrap_or_default();
            let value = fields.remove(&name);
            // What a step is of, or what is known by a number, is known by another one then.
            if let (Some(value), Some(fields_of)) = (value, other.as_object())
                && let Some(other) = fields_of.keys().next()
            {
                fields.insert(other.clone(), value);
            }
        }
        Value::String(_) | Value::Null => *value = other,
    }
}

/// All places in a value.
fn places(value: &Value) -> Vec<String> {
    let mut places = vec![String::new()];
    let mut next = 0;
    while let Some(place) = places.get(next).cloned() {
        next += 1;
        match value.pointer(&place) {
            Some(Value::Array(list)) => {
                places.extend((0..list.len()).map(|at| format!("{place}/{at}")));
            }
            Some(Value::Object(fields)) => {
                let names = fields
                    .keys()
                    .map(|name| name.replace('~', "~0").replace('/', "~1"));
                places.extend(names.map(|name| format!("{place}/{name}")));
            }
            _ => {}
        }
    }
    places
}
