//! Every compile error of penguiflow as a user sees it.
