#include "expression_lexer.h"

#include <array>
#include <charconv>
#include <utility>

#include "expression_text.h"

namespace pyforest::expression {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

constexpr std::pair<std::string_view, Keyword> kKeywords[] = {
    {"and", Keyword::kAnd},
    {"or", Keyword::kOr},
    {"not", Keyword::kNot},
    {"in", Keyword::kIn},
    {"is", Keyword::kIs},
    {"if", Keyword::kIf},
    {"else", Keyword::kElse},
    {"True", Keyword::kTrue},
    {"False", Keyword::kFalse},
    {"None", Keyword::kNone},
    {"true", Keyword::kTrue},
    {"false", Keyword::kFalse},
    {"null", Keyword::kNone},
    {"as", Keyword::kReserved},
    {"assert", Keyword::kReserved},
    {"async", Keyword::kReserved},
    {"await", Keyword::kReserved},
    {"break", Keyword::kReserved},
    {"class", Keyword::kReserved},
    {"continue", Keyword::kReserved},
    {"def", Keyword::kReserved},
    {"del", Keyword::kReserved},
    {"elif", Keyword::kReserved},
    {"except", Keyword::kReserved},
    {"finally", Keyword::kReserved},
    {"for", Keyword::kReserved},
    {"from", Keyword::kReserved},
    {"global", Keyword::kReserved},
    {"import", Keyword::kReserved},
    {"lambda", Keyword::kReserved},
    {"nonlocal", Keyword::kReserved},
    {"pass", Keyword::kReserved},
    {"raise", Keyword::kReserved},
    {"return", Keyword::kReserved},
    {"try", Keyword::kReserved},
    {"while", Keyword::kReserved},
    {"with", Keyword::kReserved},
    {"yield", Keyword::kReserved},
};
constexpr std::size_t kLongestKeyword = 8;

// What a keyboard, a word processor or a phone makes of an operator.
constexpr std::pair<std::string_view, std::string_view> kLookalikes[] = {
    {"\u201C", "\""}, {"\u201D", "\""},     {"\u2018", "'"},   {"\u2019", "'"},   {"\u2264", "<="},
    {"\u2265", ">="}, {"\u2260", "!="},     {"\u00D7", "*"},   {"\u00F7", "/"},   {"\u2212", "-"},
    {"\u2013", "-"},  {"\u2014", "-"},      {"\u00AC", "not"}, {"\u2227", "and"}, {"\u2228", "or"},
    {"\u2208", "in"}, {"\u2209", "not in"}, {"\u00A0", " "},
};

struct SymbolText {
  std::string_view text;
  Symbol symbol;
};

// Longer ones before their prefixes.
constexpr SymbolText kSymbols[] = {
    {"(", Symbol::kLeftParen},
    {")", Symbol::kRightParen},
    {"[", Symbol::kLeftBracket},
    {"]", Symbol::kRightBracket},
    {"{", Symbol::kLeftBrace},
    {"}", Symbol::kRightBrace},
    {",", Symbol::kComma},
    {":=", Symbol::kWalrus},
    {":", Symbol::kColon},
    {".", Symbol::kDot},
    {"+=", Symbol::kPlusAssign},
    {"+", Symbol::kPlus},
    {"-=", Symbol::kMinusAssign},
    {"->", Symbol::kArrow},
    {"-", Symbol::kMinus},
    {"**=", Symbol::kPowerAssign},
    {"**", Symbol::kPower},
    {"*=", Symbol::kStarAssign},
    {"*", Symbol::kStar},
    {"//=", Symbol::kDoubleSlashAssign},
    {"//", Symbol::kDoubleSlash},
    {"/=", Symbol::kSlashAssign},
    {"/", Symbol::kSlash},
    {"%=", Symbol::kPercentAssign},
    {"%", Symbol::kPercent},
    {"<=", Symbol::kLessEqual},
    {"<<", Symbol::kShiftLeft},
    {"<>", Symbol::kLessGreater},
    {"<", Symbol::kLess},
    {">=", Symbol::kGreaterEqual},
    {">>", Symbol::kShiftRight},
    {">", Symbol::kGreater},
    {"===", Symbol::kTripleEqual},
    {"==", Symbol::kEqual},
    {"=>", Symbol::kArrow},
    {"=", Symbol::kAssign},
    {"!==", Symbol::kTripleNotEqual},
    {"!=", Symbol::kNotEqual},
    {"!", Symbol::kNot2},
    {"&&", Symbol::kAnd2},
    {"&", Symbol::kAmpersand},
    {"||", Symbol::kOr2},
    {"|", Symbol::kPipe},
    {"^", Symbol::kCaret},
    {"~", Symbol::kTilde},
    {"@", Symbol::kAt},
    {"?", Symbol::kQuestion},
};

// Where the symbols that begin with a character start in the table, or 0xFF.
constexpr std::array<std::uint8_t, 128> index_symbols() {
  std::array<std::uint8_t, 128> index{};
  for (auto& entry : index) entry = 0xFF;
  for (std::size_t i = std::size(kSymbols); i-- > 0;) {
    index[static_cast<unsigned char>(kSymbols[i].text.front())] = static_cast<std::uint8_t>(i);
  }
  return index;
}
constexpr auto kSymbolIndex = index_symbols();

}  // namespace

Token Lexer::fail(std::size_t offset, std::string message, std::string suggestion) {
  error = {offset, std::move(message), std::move(suggestion)};
  Token token;
  token.kind = TokenKind::kError;
  token.begin = token.end = static_cast<std::uint32_t>(offset);
  return token;
}

// Skips blanks and comments; true where that ended in a token: the end, or a line break.
bool Lexer::skip_blank(Token& token) {
  for (;; ++at_) {
    const char c = at(at_);
    if (c == ' ' || c == '\t' || c == '\f') continue;
    if (c == '\\') {
      const bool pair = at(at_ + 1) == '\r' && at(at_ + 2) == '\n';
      const bool line_break = at(at_ + 1) == '\n' || at(at_ + 1) == '\r';
      // As in Python, a line that goes on must go on to something.
      if (!line_break || at_ + (pair ? 3U : 2U) >= text_.size()) return false;
      at_ += pair ? 2 : 1;
      continue;
    }
    if (c == '#') {
      while (at_ + 1 < text_.size() && at(at_ + 1) != '\n' && at(at_ + 1) != '\r') ++at_;
      continue;
    }
    const bool line_break = c == '\n' || c == '\r';
    if (line_break && bracket_depth > 0) continue;
    token.begin = token.end = at_;
    if (at_ >= text_.size()) {
      token.kind = TokenKind::kEnd;
      return true;
    }
    if (line_break || c == ';') {
      token.kind = TokenKind::kNewLine;
      token.end = ++at_;
      return true;
    }
    return false;
  }
}

Token Lexer::next() {
  Token token;
  if (skip_blank(token)) return token;
  const char c = text_[at_];
  if (is_name_start(c)) return lex_name();
  if (is_digit(c) || (c == '.' && is_digit(at(at_ + 1)))) return lex_number();
  if (c == '"' || c == '\'') return lex_string();
  return lex_operator();
}

Token Lexer::lex_name() {
  Token token;
  token.kind = TokenKind::kName;
  token.begin = at_;
  while (is_name_part(at(at_))) ++at_;
  const std::string_view word = text_.substr(token.begin, at_ - token.begin);
  if (at(at_) == '"' || at(at_) == '\'') {
    const bool keyword = word == "in" || word == "and" || word == "or" || word == "not" ||
                         word == "if" || word == "else" || word == "is";
    if (!keyword) {
      return fail(token.begin,
                  "text takes no prefix: f-strings, raw and byte strings are not part "
                  "of the language",
                  std::string(1, at(at_)));
    }
  }
  if (word.size() <= kLongestKeyword && at(at_) != '.') {
    for (const auto& [name, keyword] : kKeywords) {
      if (name == word) {
        token.kind = TokenKind::kKeyword;
        token.keyword = keyword;
        token.end = at_;
        return token;
      }
    }
  }
  while (at(at_) == '.' && is_name_start(at(at_ + 1))) {
    ++at_;
    while (is_name_part(at(at_))) ++at_;
  }
  token.end = at_;
  return token;
}

bool Lexer::digits(int radix) {
  if (digit_value(at(at_)) >= radix) return false;
  while (digit_value(at(at_)) < radix || (at(at_) == '_' && digit_value(at(at_ + 1)) < radix)) {
    ++at_;
  }
  return true;
}

Token Lexer::lex_radix(std::uint32_t begin, int radix) {
  Token token;
  token.kind = TokenKind::kInteger;
  token.begin = begin;
  at_ += 2;
  if (at(at_) == '_') ++at_;
  const std::uint32_t first = at_;
  if (!digits(radix) || is_name_part(at(at_))) {
    return fail(begin, "this is no number: digits are missing or wrong after the prefix");
  }
  token.end = at_;
  std::uint64_t value = 0;
  for (std::uint32_t i = first; i < at_; ++i) {
    if (text_[i] == '_') continue;
    if (value >> 59U != 0) return fail(begin, "this number needs more than 64 bits");
    value = value * static_cast<std::uint64_t>(radix) +
            static_cast<std::uint64_t>(digit_value(text_[i]));
  }
  if (value > std::uint64_t{1} << 63U) return fail(begin, "this number needs more than 64 bits");
  token.integer = value;
  return token;
}

Token Lexer::lex_number() {
  const std::uint32_t begin = at_;
  if (text_[at_] == '0') {
    const char mark = static_cast<char>(at(at_ + 1) | 0x20);
    if (mark == 'x') return lex_radix(begin, 16);
    if (mark == 'o') return lex_radix(begin, 8);
    if (mark == 'b') return lex_radix(begin, 2);
  }
  bool fraction = false;
  digits(10);
  if (at(at_) == '.') {
    fraction = true;
    ++at_;
    digits(10);
  }
  if ((at(at_) | 0x20) == 'e') {
    const std::uint32_t sign = at(at_ + 1) == '+' || at(at_ + 1) == '-' ? 2 : 1;
    if (is_digit(at(at_ + sign))) {
      fraction = true;
      at_ += sign;
      digits(10);
    }
  }
  const std::string_view text = text_.substr(begin, at_ - begin);
  if (is_name_part(at(at_)) || at(at_) == '.') {
    if (at(at_) == 'j' || at(at_) == 'J') {
      return fail(begin, "complex numbers are not part of the language");
    }
    return fail(at_, "a number ends here and something else begins without a blank between");
  }
  Token token;
  token.begin = begin;
  token.end = at_;
  if (fraction) {
    token.kind = TokenKind::kFloat;
    if (parse_float(text, token.number) != NumberText::kGood) {
      return fail(begin, "this number is too large for a float");
    }
    return token;
  }
  token.kind = TokenKind::kInteger;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c == '_') continue;
    if (value > (std::uint64_t{1} << 63U) / 10) {
      return fail(begin, "this number needs more than 64 bits");
    }
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value > std::uint64_t{1} << 63U) return fail(begin, "this number needs more than 64 bits");
  if (text.front() == '0' && value != 0) {
    return fail(begin, "a whole number does not begin with 0",
                std::string(text.substr(text.find_first_not_of("0_"))));
  }
  token.integer = value;
  return token;
}

Token Lexer::lex_string() {
  Token token;
  token.kind = TokenKind::kString;
  token.begin = at_;
  const char quote = text_[at_];
  if (at(at_ + 1) == quote && at(at_ + 2) == quote) {
    return fail(at_, "text in triple quotes is not part of the language", std::string(1, quote));
  }
  ++at_;
  for (;; ++at_) {
    if (at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r') {
      return fail(token.begin, "this text has no closing quote", std::string(1, quote));
    }
    if (text_[at_] == quote) break;
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
      ++at_;
      if (text_[at_] == '\r' && at(at_ + 1) == '\n') ++at_;
    }
  }
  token.end = ++at_;
  if (!is_utf8(text_.substr(token.begin, token.end - token.begin))) {
    return fail(token.begin, "this text is not valid UTF-8");
  }
  return token;
}

Token Lexer::lex_operator() {
  const auto first = static_cast<unsigned char>(text_[at_]);
  if (first >= 0x80 || kSymbolIndex[first] == 0xFF) return lex_foreign();
  const std::string_view rest = text_.substr(at_, 3);
  const SymbolText* entry = &kSymbols[kSymbolIndex[first]];
  while (!rest.starts_with(entry->text)) ++entry;
  Token token;
  token.kind = TokenKind::kOperator;
  token.symbol = entry->symbol;
  token.begin = at_;
  at_ += static_cast<std::uint32_t>(entry->text.size());
  token.end = at_;
  return token;
}

Token Lexer::lex_foreign() {
  const std::string_view rest = text_.substr(at_);
  for (const auto& [wrong, right] : kLookalikes) {
    if (rest.starts_with(wrong)) {
      return fail(at_, quote(wrong) + " is not part of the language", std::string(right));
    }
  }
  const auto first = static_cast<unsigned char>(rest.front());
  if (first == '$') {
    return fail(at_, "`$` is not part of the language: a blackboard key is written bare");
  }
  if (first < 0x20 || first == 0x7F) {
    return fail(at_, "a control character is not part of the language");
  }
  std::size_t length = 1;
  while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0U) == 0x80U) {
    ++length;
  }
  const std::string_view character = rest.substr(0, length);
  if (!is_utf8(character)) return fail(at_, "the text is not valid UTF-8");
  std::string message = quote(character) + " is not part of the language";
  if (first >= 0x80) message += ": names are made of A-Z, a-z, 0-9 and _";
  return fail(at_, message);
}

}  // namespace pyforest::expression
