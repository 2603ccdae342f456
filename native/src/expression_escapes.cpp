// What backslashes mean in quoted text.
#include <algorithm>
#include <utility>

#include "expression_lexer.h"
#include "expression_text.h"

namespace pyforest::expression {

namespace {

// The value of `count` hexadecimal digits, or -1.
std::int64_t hex_digits(std::string_view text, std::size_t from, std::size_t count) {
  if (from + count > text.size()) return -1;
  std::int64_t value = 0;
  for (std::size_t i = from; i < from + count; ++i) {
    if (digit_value(text[i]) > 15) return -1;
    value = value * 16 + digit_value(text[i]);
  }
  return value;
}

char simple_escape(char c) {
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
    case '\'':
    case '"':
      return c;
    default:
      return '\0';
  }
}

}  // namespace

bool unescape(std::string_view quoted, std::size_t begin, std::string& out,
              ExpressionError& error) {
  const std::string_view body = quoted.substr(1, quoted.size() - 2);
  std::size_t i = 0;
  while (i < body.size()) {
    if (body[i] != '\\') {
      const std::size_t stop = std::min(body.find('\\', i), body.size());
      out.append(body, i, stop - i);
      i = stop;
      continue;
    }
    const std::size_t escape = i++;
    const auto fail = [&](std::string message, std::string suggestion = {}) {
      error = {begin + 1 + escape, std::move(message), std::move(suggestion)};
      return false;
    };
    const char c = body[i++];
    if (const char plain = simple_escape(c); plain != '\0') {
      out += plain;
    } else if (c == '\n' || c == '\r') {
      if (c == '\r' && i < body.size() && body[i] == '\n') ++i;
    } else if (c >= '0' && c <= '7') {
      std::uint32_t value = static_cast<std::uint32_t>(c - '0');
      for (int k = 0; k < 2 && i < body.size() && body[i] >= '0' && body[i] <= '7'; ++k, ++i) {
        value = value * 8 + static_cast<std::uint32_t>(body[i] - '0');
      }
      if (value > 0xFF) return fail("an octal escape ends at `\\377`");
      append_utf8(out, value);
    } else if (c == 'x' || c == 'u' || c == 'U') {
      const std::size_t count = c == 'x' ? 2 : c == 'u' ? 4 : 8;
      const std::int64_t value = hex_digits(body, i, count);
      if (value < 0) {
        return fail(quote(body.substr(escape, 2)) + " needs " + std::to_string(count) +
                    " hexadecimal digits");
      }
      if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return fail("this escape names no character");
      }
      append_utf8(out, static_cast<std::uint32_t>(value));
      i += count;
    } else if (c == 'N') {
      return fail("characters by name are not part of the language", "\\u");
    } else {
      return fail("`\\` before this character means nothing", "\\\\");
    }
  }
  return true;
}

}  // namespace pyforest::expression
