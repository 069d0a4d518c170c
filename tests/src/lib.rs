//! Behaviour of penguiflow, through its public face alone: the tests are beside this file.
