//! The name of a type, for graphs and pictures.

use std::fmt;

use serde::{Serialize, Serializer};

/// The name of a type, known when asked for.
#[derive(Clone, Copy)]
pub struct TypeName(fn() -> &'static str);

impl TypeName {
    /// The name of `T`.
    pub const fn of<T>() -> Self {
        Self(std::any::type_name::<T>)
    }

    /// The name with its modules, as rustc writes it.
    pub fn full(&self) -> &'static str {
        (self.0)()
    }
}

/// Writes the name without its modules.
impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_modules(self.full()))
    }
}

/// `Vec<Doc>` for `alloc::vec::Vec<shop::Doc>`.
pub(super) fn without_modules(full: &str) -> String {
    let (mut name, mut word) = (String::new(), String::new());
    for character in full.chars() {
        match character {
            ':' => word.clear(),
            _ if character.is_alphanumeric() || character == '_' => word.push(character),
            _ => {
                name += &std::mem::take(&mut word);
                name.push(character);
            }
        }
    }
    name + &word
}

impl fmt::Debug for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.full())
    }
}

impl Serialize for TypeName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.full())
    }
}
