// Cuts the text of an expression into tokens, one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pyforest/expression.h"

namespace pyforest::expression {

enum class TokenKind : std::uint8_t {
  kEnd,
  kNewLine,  ///< also `;`; only outside brackets
  kError,    ///< the lexer's `error` says why
  kName,     ///< an identifier, or several joined by dots
  kInteger,
  kFloat,
  kString,  ///< quotes included
  kKeyword,
  kOperator,
};

enum class Keyword : std::uint8_t {
  kTrue,
  kFalse,
  kNone,
  kAnd,
  kOr,
  kNot,
  kIn,
  kIs,
  kIf,
  kElse,
  kReserved,  ///< a word that Python keeps for itself and this language does not know
};

/// Punctuation. Those from kAnd2 on are other languages', known for the sake of a good answer.
enum class Symbol : std::uint8_t {
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kLeftBrace,
  kRightBrace,
  kComma,
  kColon,
  kDot,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kDoubleSlash,
  kPercent,
  kPower,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqual,
  kNotEqual,
  kAssign,
  kPlusAssign,
  kMinusAssign,
  kStarAssign,
  kSlashAssign,
  kDoubleSlashAssign,
  kPercentAssign,
  kPowerAssign,
  kAnd2,
  kOr2,
  kNot2,
  kAmpersand,
  kPipe,
  kCaret,
  kTilde,
  kShiftLeft,
  kShiftRight,
  kAt,
  kWalrus,
  kTripleEqual,
  kTripleNotEqual,
  kLessGreater,
  kQuestion,
  kArrow,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  union {
    Keyword keyword;
    Symbol symbol;
  };
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  union {
    std::uint64_t integer;  ///< at most 2**63, which only a minus sign before it makes valid
    double number;
  };

  Token() : keyword(Keyword::kReserved), integer(0) {}
  bool is(Symbol s) const { return kind == TokenKind::kOperator && symbol == s; }
  bool is(Keyword k) const { return kind == TokenKind::kKeyword && keyword == k; }
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token next();

  /// Line breaks and `;` are white space within brackets.
  int bracket_depth = 0;
  ExpressionError error{0, {}, {}};

 private:
  bool skip_blank(Token& token);
  Token fail(std::size_t offset, std::string message, std::string suggestion = {});
  Token lex_name();
  Token lex_number();
  Token lex_radix(std::uint32_t begin, int radix);
  Token lex_string();
  Token lex_operator();
  Token lex_foreign();
  bool digits(int radix);
  char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  std::string_view text_;
  std::uint32_t at_ = 0;
};

/// The value of a hexadecimal digit, or 99.
inline int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

/// The text between the quotes with its escapes carried out, appended to `out`. Returns false and
/// fills `error`; `begin` is the offset of `quoted` in the whole text.
bool unescape(std::string_view quoted, std::size_t begin, std::string& out, ExpressionError& error);

}  // namespace pyforest::expression
