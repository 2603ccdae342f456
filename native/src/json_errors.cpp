// Where a JSON text goes wrong, and how that is said.
#include <algorithm>
#include <array>

#include "json_text.h"
#include "pyforest/json.h"

namespace pyforest {

namespace {

bool is_word_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string quoted(std::string_view text) {
  std::string out = "`";
  out += text;
  out += '`';
  return out;
}

}  // namespace

JsonError json_error_at(std::string_view text, std::size_t offset, std::string message) {
  JsonError error{std::move(message), 1, 1, offset};
  const std::size_t end = std::min(offset, text.size());
  for (std::size_t i = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0; i < end; ++i) {
    const char c = text[i];
    const bool pair = c == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (c == '\n' || (c == '\r' && !pair)) {
      ++error.line;
      error.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++error.column;
    }
  }
  return error;
}

bool JsonLexer::fail(const char* place, std::string message) {
  error_ = json_error_at(text_, offset_of(place), std::move(message));
  return false;
}

std::string JsonLexer::place_of(const char* place) const {
  const JsonError error = json_error_at(text_, offset_of(place), {});
  return "line " + std::to_string(error.line) + ", column " + std::to_string(error.column);
}

std::string JsonLexer::found() const {
  if (at_ == end_) return "the end of the text";
  const char c = *at_;
  if (is_word_byte(c)) {
    const char* stop = at_;
    while (stop < end_ && stop - at_ < 32 && is_word_byte(*stop)) ++stop;
    return quoted({at_, static_cast<std::size_t>(stop - at_)});
  }
  const auto byte = static_cast<unsigned char>(c);
  if (is_control(c) || byte == 0x7F) return "the control character U+" + hexadecimal(byte, 4);
  const char* next = next_code_point(at_, end_);
  if (next == nullptr) return "the byte 0x" + hexadecimal(byte, 2) + ", which is not UTF-8";
  return quoted({at_, static_cast<std::size_t>(next - at_)});
}

bool JsonLexer::after_comma() const noexcept {
  // Only asked without comments, so that nothing but space lies in between.
  const char* at = at_;
  while (at > text_.data() && (at[-1] == ' ' || is_control(at[-1]))) --at;
  return at > text_.data() && at[-1] == ',';
}

bool JsonLexer::fail_text_ends() {
  if (frames_.empty()) return fail(at_, "expected a value; found the end of the text");
  const Frame& frame = frames_.back();
  return fail(at_, std::string("the text ends inside the ") + (frame.object ? "object" : "array") +
                       " that began at " + place_of(text_.data() + frame.start));
}

bool JsonLexer::fail_value() {
  if (at_ == end_) return fail_text_ends();
  const std::string what = found();
  if (*at_ == ']' && !options_.comments && after_comma()) {
    return fail(at_, "expected a value after the comma; found `]` (JSON has no trailing commas)");
  }
  struct Hint {
    std::string_view found;
    const char* advice;
  };
  static constexpr std::array<Hint, 11> kHints{{
      {"`NaN`", " (a number must be finite)"},
      {"`Infinity`", " (a number must be finite)"},
      {"`inf`", " (a number must be finite)"},
      {"`nan`", " (a number must be finite)"},
      {"`True`", " (write `true`)"},
      {"`False`", " (write `false`)"},
      {"`None`", " (write `null`)"},
      {"`'`", " (a string needs double quotes)"},
      {"`+`", " (a number must not begin with a plus sign)"},
      {"`.`", " (a number needs a digit before its decimal point)"},
      {"`/`", " (comments are not allowed here)"},
  }};
  for (const Hint& hint : kHints) {
    if (hint.found == what) return fail(at_, "expected a value; found " + what + hint.advice);
  }
  return fail(at_, "expected a value; found " + what);
}

bool JsonLexer::fail_key() {
  if (at_ == end_) return fail_text_ends();
  if (*at_ == '}' && !options_.comments && after_comma()) {
    return fail(at_, "expected a key after the comma; found `}` (JSON has no trailing commas)");
  }
  return fail(at_, "expected a key in double quotes; found " + found());
}

bool JsonLexer::fail_colon() {
  if (at_ == end_) return fail_text_ends();
  return fail(at_, "expected a colon after a key; found " + found());
}

bool JsonLexer::fail_after_item() {
  if (at_ == end_) return fail_text_ends();
  const char* expected = frames_.back().object ? "expected a comma or `}` after an object member"
                                               : "expected a comma or `]` after an array item";
  return fail(at_, std::string(expected) + "; found " + found());
}

bool JsonLexer::fail_after_document() {
  return fail(at_, "expected the end of the text after the value; found " + found());
}

bool JsonLexer::fail_duplicate() {
  const char* const key = text_.data() + frames_.back().key;
  const std::string where = place_of(text_.data() + frames_.back().start);
  // It has been read once, so it reads again.
  at_ = key;
  std::string_view text;
  scan_string(text);
  std::string shown;
  append_json_string(text, shown);
  const std::string which = shown.size() > 80 ? "one key" : "the key " + shown;
  return fail(key, "the object that began at " + where + " has " + which + " twice");
}

bool JsonLexer::fail_depth() {
  return fail(at_, "more than " + std::to_string(options_.max_depth) +
                       " arrays and objects inside one another");
}

bool JsonLexer::fail_string_length(const char* quote) {
  return fail(quote, "this string has more than " + std::to_string(options_.max_string) +
                         " bytes, the most that are allowed");
}

bool JsonLexer::fail_string_byte(const char* quote) {
  const std::string where = place_of(quote);
  if (at_ == end_) return fail(at_, "the string that began at " + where + " has no closing quote");
  if (*at_ == '\n' || *at_ == '\r') {
    return fail(at_, "the string that began at " + where +
                         " does not end on its line (write \\n for a line break in a string)");
  }
  if (is_control(*at_)) {
    return fail(at_, "a string must not hold " + found() + "; write it as `\\u" +
                         hexadecimal(static_cast<unsigned char>(*at_), 4) + "`");
  }
  return fail(at_, "a string must be valid UTF-8; found " + found());
}

}  // namespace pyforest
