//! Settles, before the parser runs, what only looking ahead can tell.
//!
//! * `match` begins a statement if it begins a line that ends with a colon: no simple statement does.
//! * `case` is a keyword directly inside the block of such a statement.
//! * `type` is one if a name follows: no expression has two names in a row.
//! * `with (` opens a list of items if the colon follows its closing parenthesis.
//!
//! For correct programs this is exact; what happens to others does not matter, since their messages come from
//! `diagnose`, which looks at the tokens as they were.

use super::token::{Token, TokenKind};

/// Rewrites the kinds of `tokens` in place.
pub fn settle(tokens: &mut [Token], text: &str) {
    // For each open block: does it belong to a `match`?
    let mut match_blocks: Vec<bool> = Vec::new();
    let mut opens_match = false;
    let mut line_start = true;
    for index in 0..tokens.len() {
        let Token { kind, span } = tokens[index];
        let word = &text[span.start as usize..span.end as usize];
        match kind {
            TokenKind::Newline => {
                line_start = true;
                continue;
            }
            TokenKind::Indent => {
                match_blocks.push(opens_match);
                opens_match = false;
                line_start = true;
                continue;
            }
            TokenKind::Dedent => {
                match_blocks.pop();
                line_start = true;
                continue;
            }
            TokenKind::Name if line_start && word == "match" => {
                opens_match = line_ends_with_colon(&tokens[index + 1..]);
                if opens_match {
                    tokens[index].kind = TokenKind::SoftMatch;
                }
            }
            TokenKind::Name if line_start && word == "case" && match_blocks.last() == Some(&true) => {
                tokens[index].kind = TokenKind::SoftCase;
                opens_match = false;
            }
            TokenKind::Name if word == "type" => {
                if tokens.get(index + 1).is_some_and(|next| next.kind == TokenKind::Name) {
                    tokens[index].kind = TokenKind::SoftType;
                }
                opens_match &= !line_start;
            }
            TokenKind::With => {
                if tokens.get(index + 1).is_some_and(|next| next.kind == TokenKind::LParen)
                    && colon_follows_bracket(&tokens[index + 1..])
                {
                    tokens[index + 1].kind = TokenKind::WithLParen;
                }
                opens_match = false;
            }
            _ => opens_match &= !line_start,
        }
        line_start = false;
    }
}

/// Looks at the rest of a line.
fn line_ends_with_colon(rest: &[Token]) -> bool {
    let Some(end) = rest.iter().position(|token| token.kind == TokenKind::Newline) else { return false };
    // At least a subject and the colon; a block follows.
    end >= 2
        && rest[end - 1].kind == TokenKind::Colon
        && rest.get(end + 1).is_some_and(|token| token.kind == TokenKind::Indent)
}

/// Finds the end of the bracket at `tokens[0]`.
fn colon_follows_bracket(tokens: &[Token]) -> bool {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => depth += 1,
            TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => {
                depth -= 1;
                if depth == 0 {
                    return tokens.get(index + 1).is_some_and(|next| next.kind == TokenKind::Colon);
                }
            }
            _ => {}
        }
    }
    false
}
