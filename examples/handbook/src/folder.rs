//! Reads the text files of a folder and of the folders in it, in the order of their names.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::OpenError;

/// A text file, by its path below the folder.
#[derive(Debug, PartialEq)]
pub(crate) struct TextFile {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Reads every `.md` and `.txt` file.
pub(crate) fn read(folder: &Path) -> Result<Vec<TextFile>, OpenError> {
    let paths = files(folder)?;
    paths.iter().map(|path| read_file(folder, path)).collect()
}

/// The `.md` and `.txt` files of a folder, and of the folders in it. Hidden folders and build
/// output are passed over.
///
/// # Errors
///
/// If the folder, or one in it, cannot be read.
pub fn files(folder: impl AsRef<Path>) -> Result<Vec<PathBuf>, OpenError> {
    let folder = folder.as_ref();
    must_be_a_folder(folder)?;
    let mut paths = Vec::new();
    find_texts(folder, &mut paths)?;
    Ok(paths)
}

fn must_be_a_folder(path: &Path) -> Result<(), OpenError> {
    match fs::metadata(path) {
        Ok(data) if data.is_dir() => Ok(()),
        Ok(_) => Err(OpenError::NotAFolder(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(OpenError::Missing(path.to_owned()))
        }
        Err(error) => Err(OpenError::unreadable(path)(error)),
    }
}

fn find_texts(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), OpenError> {
    for path in entries(folder).map_err(OpenError::unreadable(folder))? {
        // A link to a folder is not followed, since it may lead round in a circle.
        if path.is_dir() && !path.is_symlink() {
            if !is_build_output(&path) {
                find_texts(&path, found)?;
            }
        } else if is_text(&path) {
            found.push(path);
        }
    }
    Ok(())
}

/// What is in a folder, by name, without hidden files and folders.
fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?;
    let mut paths: Vec<_> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    paths.retain(|path| !is_hidden(path));
    paths.sort();
    Ok(paths)
}

fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".")
}

/// Whether a tool marked the folder as a cache, as cargo does with `target`, or it is
/// the `target` of a package.
fn is_build_output(folder: &Path) -> bool {
    let is_target = folder.ends_with("target") && folder.with_file_name("Cargo.toml").exists();
    is_target || folder.join("CACHEDIR.TAG").exists()
}

fn is_text(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("txt")
}

fn read_file(folder: &Path, path: &Path) -> Result<TextFile, OpenError> {
    let bytes = fs::read(path).map_err(OpenError::unreadable(path))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
        let path = path.to_owned();
        OpenError::NotUtf8 { path, line }
    })?;
    let name = path.strip_prefix(folder).unwrap_or(path);
    Ok(TextFile {
        name: name.display().to_string(),
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;
    use tempfile::tempdir;

    type Done = Result<(), Box<dyn Error>>;

    fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> Done {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().ok_or("a file is in a folder")?)?;
        Ok(fs::write(path, bytes)?)
    }

    fn names(folder: &Path) -> Result<Vec<String>, OpenError> {
        Ok(read(folder)?.into_iter().map(|file| file.name).collect())
    }

    #[test]
    fn reads_the_texts_of_all_folders_in_the_order_of_their_names() -> Done {
        let folder = tempdir()?;
        for name in ["z.txt", "a/b/c.md", "A.MD", "a/code.rs", "README"] {
            write(folder.path(), name, "words")?;
        }
        let deep = Path::new("a").join("b").join("c.md").display().to_string();
        assert_eq!(names(folder.path())?, ["A.MD", &deep, "z.txt"]);
        Ok(())
    }

    #[test]
    fn passes_over_what_is_hidden_or_built() -> Done {
        let folder = tempdir()?;
        write(folder.path(), "Cargo.toml", "")?;
        write(folder.path(), "cache/CACHEDIR.TAG", "")?;
        for name in [".git/a.md", ".b.md", "target/doc/c.txt", "cache/d.md"] {
            write(folder.path(), name, "words")?;
        }
        write(folder.path(), "audience/target/e.md", "words")?;
        let kept = Path::new("audience").join("target").join("e.md");
        assert_eq!(names(folder.path())?, [kept.display().to_string()]);
        Ok(())
    }

    #[test]
    fn a_missing_folder_is_told_from_a_file() -> Done {
        let folder = tempdir()?;
        write(folder.path(), "a.md", "words")?;
        let missing = read(&folder.path().join("nowhere"));
        assert!(matches!(missing, Err(OpenError::Missing(_))), "{missing:?}");
        let file = read(&folder.path().join("a.md"));
        assert!(matches!(file, Err(OpenError::NotAFolder(_))), "{file:?}");
        Ok(())
    }

    #[test]
    fn a_file_that_is_not_utf8_is_named_with_its_line() -> Done {
        let folder = tempdir()?;
        write(folder.path(), "ok.md", "words")?;
        write(folder.path(), "old.txt", b"caf\xc3\xa9\nol\xe9\n")?;
        let error = read(folder.path()).expect_err("the second line is Latin-1");
        let text = error.to_string();
        assert!(
            text.ends_with("old.txt`: line 2 is not text in UTF-8"),
            "{text}"
        );
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_cannot_be_read_is_named() -> Done {
        let folder = tempdir()?;
        std::os::unix::fs::symlink("gone", folder.path().join("link.md"))?;
        let error = read(folder.path()).expect_err("the link leads nowhere");
        assert!(
            matches!(&error, OpenError::Unreadable { path, .. } if path.ends_with("link.md")),
            "{error:?}"
        );
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_round_is_not_followed() -> Done {
        let folder = tempdir()?;
        write(folder.path(), "a.md", "words")?;
        std::os::unix::fs::symlink(folder.path(), folder.path().join("round"))?;
        assert_eq!(names(folder.path())?, ["a.md"]);
        Ok(())
    }
}
