//! A calculator for sums of products such as `3 * 5 + 0.5`, from left to right, without brackets.

/// Why a sum has no result.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalculatorError {
    /// A number was expected.
    #[error("`{0}` is no number")]
    NoNumber(String),
    /// An operator was expected.
    #[error("`{0}` is no operator")]
    NoOperator(String),
    /// A number is divided by zero.
    #[error("a division by zero")]
    DivisionByZero,
}

/// The result of a sum whose numbers and operators stand apart by themselves.
///
/// # Errors
///
/// If the sum has something other than numbers and operators in turn, or divides by zero.
pub fn evaluate(sum: &str) -> Result<f64, CalculatorError> {
    let mut tokens = sum.split_whitespace();
    let (mut total, mut product) = (0.0, number(tokens.next())?);
    while let Some(operator) = tokens.next() {
        let operand = number(tokens.next())?;
        match operator {
            "+" => (total, product) = (total + product, operand),
            "-" => (total, product) = (total + product, -operand),
            "*" => product *= operand,
            "/" if operand == 0.0 => return Err(CalculatorError::DivisionByZero),
            "/" => product /= operand,
            other => return Err(CalculatorError::NoOperator(other.to_owned())),
        }
    }
    Ok(total + product)
}

fn number(token: Option<&str>) -> Result<f64, CalculatorError> {
    let token = token.unwrap_or_default();
    let number = token.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| CalculatorError::NoNumber(token.to_owned()))
}

/// The sums in a text: runs of numbers and operators between other words.
pub fn sums(text: &str) -> Vec<String> {
    let mut sums = vec![Vec::new()];
    for word in text.split_whitespace() {
        let token = word.trim_end_matches(['?', '!', ',', '.', ':', ';']);
        match is_token(token) {
            true => sums.last_mut().into_iter().for_each(|sum| sum.push(token)),
            false => sums.push(Vec::new()),
        }
        if token != word {
            sums.push(Vec::new());
        }
    }
    sums.retain(|sum| sum.len() > 2);
    sums.into_iter().map(|sum| sum.join(" ")).collect()
}

fn is_token(token: &str) -> bool {
    matches!(token, "+" | "-" | "*" | "/") || number(Some(token)).is_ok()
}
