//! A conversation: the messages that a model is given, and their roles.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A conversation with a model: what it is given, and what an agent remembers. It is plain data, so it
/// may travel in a flow's messages and be stored by a host.
///
/// ```
/// use penguiflow_llm::Chat;
///
/// let chat = Chat::system("You answer in one word.").user("How are penguins?");
/// assert_eq!(chat.to_string(), "system: You answer in one word.\nuser: How are penguins?\n");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chat {
    /// The messages, the oldest first.
    pub messages: Vec<ChatMessage>,
}

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    /// Who says it.
    pub role: Role,
    /// Its text.
    pub content: String,
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The program, about how to answer.
    System,
    /// The program, about what to answer: questions, and what tools have found.
    User,
    /// The model.
    Assistant,
}

impl Chat {
    /// A conversation without messages.
    pub fn new() -> Self {
        Self::default()
    }

    /// A conversation that begins with instructions.
    pub fn system(text: impl Into<String>) -> Self {
        Self::new().and(Role::System, text)
    }

    /// Adds what the user says.
    #[must_use]
    pub fn user(self, text: impl Into<String>) -> Self {
        self.and(Role::User, text)
    }

    /// Adds what the model said.
    #[must_use]
    pub fn assistant(self, text: impl Into<String>) -> Self {
        self.and(Role::Assistant, text)
    }

    /// Adds what the model chose, as the JSON that it answered with.
    ///
    /// # Panics
    ///
    /// If the value cannot be written as JSON, such as a map whose keys are no text.
    #[must_use]
    pub fn chose(self, choice: &(impl Serialize + ?Sized)) -> Self {
        self.assistant(json(choice))
    }

    /// Adds what a tool returned: a message of the user, which names the tool.
    ///
    /// ```
    /// use penguiflow_llm::Chat;
    /// use serde::Serialize;
    ///
    /// #[derive(Serialize)]
    /// enum Action {
    ///     Add { terms: Vec<i64> },
    /// }
    ///
    /// let chat = Chat::new()
    ///     .user("What is 1 + 2?")
    ///     .chose(&Action::Add { terms: vec![1, 2] })
    ///     .found("Add", &3);
    /// assert_eq!(
    ///     chat.to_string(),
    ///     "user: What is 1 + 2?\nassistant: {\"Add\":{\"terms\":[1,2]}}\nuser: `Add` returned: 3\n"
    /// );
    /// ```
    ///
    /// # Panics
    ///
    /// If the result cannot be written as JSON, such as a map whose keys are no text.
    #[must_use]
    pub fn found(self, tool: &str, result: &(impl Serialize + ?Sized)) -> Self {
        self.user(format!("`{tool}` returned: {}", json(result)))
    }

    /// Adds a message.
    #[must_use]
    pub fn and(mut self, role: Role, text: impl Into<String>) -> Self {
        self.messages.push(ChatMessage {
            role,
            content: text.into(),
        });
        self
    }

    /// About how many tokens the messages take: one for every four bytes, and four for each message. What
    /// they take exactly is known by the model alone.
    pub fn estimated_tokens(&self) -> u64 {
        self.messages
            .iter()
            .map(ChatMessage::estimated_tokens)
            .sum()
    }

    /// Drops the oldest messages until the rest takes about this many tokens. Instructions, the first
    /// message of the user and the last message stay, and so does the model's choice before the last message.
    ///
    /// ```
    /// use penguiflow_llm::Chat;
    ///
    /// let mut chat = Chat::system("Be brief.").user("Which penguins swim?");
    /// for round in 0..100 {
    ///     chat = chat.assistant(format!("search {round}")).user("nothing found");
    /// }
    /// let short = chat.shortened(60);
    /// assert!(short.estimated_tokens() <= 60);
    /// assert_eq!(short.messages[..2], chat.messages[..2]);
    /// assert_eq!(short.messages.last(), chat.messages.last());
    /// ```
    #[must_use]
    pub fn shortened(&self, tokens: u64) -> Self {
        let first_user = self.position(Role::User);
        let last = self.messages.len().saturating_sub(2);
        let stays = |at: usize| {
            at >= last || Some(at) == first_user || self.messages[at].role == Role::System
        };
        let mut excess = self.estimated_tokens().saturating_sub(tokens);
        let mut short = Self::new();
        for (at, message) in self.messages.iter().enumerate() {
            if excess > 0 && !stays(at) {
                excess = excess.saturating_sub(message.estimated_tokens());
            } else {
                short.messages.push(message.clone());
            }
        }
        short
    }

    fn position(&self, role: Role) -> Option<usize> {
        self.messages
            .iter()
            .position(|message| message.role == role)
    }
}

impl ChatMessage {
    fn estimated_tokens(&self) -> u64 {
        4 + estimated_tokens(&self.content)
    }
}

/// About how many tokens a text takes.
pub(crate) fn estimated_tokens(text: &str) -> u64 {
    (text.len() as u64).div_ceil(4)
}

fn json(value: &(impl Serialize + ?Sized)) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        Ok(value) => value.to_string(),
        Err(error) => panic!("what a chat shows the model cannot be written as JSON: {error}"),
    }
}

impl From<&str> for Chat {
    /// One message of the user.
    fn from(question: &str) -> Self {
        Self::new().user(question)
    }
}

impl From<String> for Chat {
    /// One message of the user.
    fn from(question: String) -> Self {
        Self::new().user(question)
    }
}

impl From<&Self> for Chat {
    fn from(chat: &Self) -> Self {
        chat.clone()
    }
}

impl From<Vec<ChatMessage>> for Chat {
    fn from(messages: Vec<ChatMessage>) -> Self {
        Self { messages }
    }
}

impl std::fmt::Display for Chat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.messages.iter().try_for_each(|message| {
            let ChatMessage { role, content } = message;
            writeln!(f, "{role}: {}", content.replace('\n', "\n  "))
        })
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        })
    }
}
