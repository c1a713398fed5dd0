//! The tokens that the grammar sees.

use crate::ast::Span;

macro_rules! tokens {
    (
        layout { $($layout:ident),* $(,)? }
        keywords { $($keyword:ident = $word:literal),* $(,)? }
        operators { $($operator:ident = $sign:literal),* $(,)? }
    ) => {
        /// What a token is; its text is in the source.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum TokenKind {
            $($layout,)* $($keyword,)* $($operator,)*
        }

        impl TokenKind {
            /// Every keyword in alphabetical order, as in Python's `keyword.kwlist`.
            pub const KEYWORDS: &'static [&'static str] = &[$($word),*];

            /// The keyword spelt `word`.
            pub fn keyword(word: &str) -> Option<TokenKind> {
                Some(match word {
                    $($word => TokenKind::$keyword,)*
                    _ => return None,
                })
            }

            /// The keyword or operator written as `text`.
            pub fn from_text(text: &str) -> Option<TokenKind> {
                Some(match text {
                    $($word => TokenKind::$keyword,)*
                    $($sign => TokenKind::$operator,)*
                    _ => return None,
                })
            }

            pub fn is_keyword(self) -> bool {
                matches!(self, $(TokenKind::$keyword)|*)
            }
        }
    };
}

tokens! {
    layout {
        // The mode of the parser, ahead of the first token of the source.
        StartExec, StartEval, StartSingle,
        EndMarker, Newline, Indent, Dedent,
        // Where the lexer gave up; always last.
        Error,
        Name, Number, String,
        FStringStart, FStringEnd, TStringStart, TStringEnd,
        // Text of an f-string or a t-string between the quotes and braces.
        Middle, TMiddle,
        // Names that `soft_keywords` has found to be keywords.
        SoftMatch, SoftCase, SoftType,
        // The parenthesis of `with (`, where the matching one is followed by the colon.
        WithLParen,
        // `$`, `?` or a backquote: no operator at all.
        Stray,
    }
    keywords {
        False = "False", None = "None", True = "True", And = "and", As = "as", Assert = "assert", Async = "async",
        Await = "await", Break = "break", Class = "class", Continue = "continue", Def = "def", Del = "del",
        Elif = "elif", Else = "else", Except = "except", Finally = "finally", For = "for", From = "from",
        Global = "global", If = "if", Import = "import", In = "in", Is = "is", Lambda = "lambda",
        Nonlocal = "nonlocal", Not = "not", Or = "or", Pass = "pass", Raise = "raise", Return = "return",
        Try = "try", While = "while", With = "with", Yield = "yield",
    }
    operators {
        LParen = "(", RParen = ")", LBracket = "[", RBracket = "]", LBrace = "{", RBrace = "}",
        Colon = ":", Comma = ",", Semi = ";", Dot = ".", Ellipsis = "...", Arrow = "->", At = "@",
        Equal = "=", ColonEqual = ":=", Exclamation = "!",
        Plus = "+", Minus = "-", Star = "*", DoubleStar = "**", Slash = "/", DoubleSlash = "//", Percent = "%",
        Pipe = "|", Ampersand = "&", Caret = "^", Tilde = "~", LShift = "<<", RShift = ">>",
        EqEqual = "==", NotEqual = "!=", Less = "<", LessEqual = "<=", Greater = ">", GreaterEqual = ">=",
        PlusEqual = "+=", MinusEqual = "-=", StarEqual = "*=", DoubleStarEqual = "**=", SlashEqual = "/=",
        DoubleSlashEqual = "//=", PercentEqual = "%=", PipeEqual = "|=", AmpersandEqual = "&=", CaretEqual = "^=",
        LShiftEqual = "<<=", RShiftEqual = ">>=", AtEqual = "@=",
    }
}

impl TokenKind {
    /// Undoes what `soft_keywords` decided.
    pub fn hard(self) -> TokenKind {
        match self {
            TokenKind::SoftMatch | TokenKind::SoftCase | TokenKind::SoftType => TokenKind::Name,
            TokenKind::WithLParen => TokenKind::LParen,
            kind => kind,
        }
    }

    /// Indentation and line ends, which never count into the span of a node.
    pub fn is_layout(self) -> bool {
        matches!(self, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent | TokenKind::EndMarker)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub span: Span,
}
