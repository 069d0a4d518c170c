//! A folder of text files, split into passages and indexed.
