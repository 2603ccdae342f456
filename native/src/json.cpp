#include "pyforest/json.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "json_text.h"

namespace pyforest {

namespace {

bool is_digit(const char* at, const char* end) noexcept {
  return at < end && *at >= '0' && *at <= '9';
}

const char* skip_digits(const char* at, const char* end) noexcept {
  while (is_digit(at, end)) ++at;
  return at;
}

void append_utf8(std::uint32_t point, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

/// Whether a decimal number too large or too small for a double is too large. It has passed the
/// grammar and is not zero.
bool overflows(std::string_view number) noexcept {
  // Only the sign of the magnitude matters: what lies in between fits into a double.
  constexpr std::int64_t kFar = 1'000'000'000;
  const std::size_t exponent_at = number.find_first_of("eE");
  std::int64_t exponent = 0;
  if (exponent_at != std::string_view::npos) {
    std::string_view digits = number.substr(exponent_at + 1);
    const bool negative = digits.front() == '-';
    if (negative || digits.front() == '+') digits.remove_prefix(1);
    for (char c : digits) {
      if (exponent < kFar) exponent = exponent * 10 + (c - '0');
    }
    if (negative) exponent = -exponent;
  }
  const std::string_view mantissa = number.substr(0, exponent_at);
  const auto point = static_cast<std::int64_t>(std::min(mantissa.find('.'), mantissa.size()));
  const auto first = static_cast<std::int64_t>(mantissa.find_first_of("123456789"));
  return exponent + point - first > 0;
}

}  // namespace

bool JsonLexer::begin() {
  if (text_.size() > options_.max_bytes) {
    return fail(at_, "the text has " + std::to_string(text_.size()) + " bytes; at most " +
                         std::to_string(options_.max_bytes) + " are allowed");
  }
  if (text_.starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
  return true;
}

bool JsonLexer::skip_comments() {
  while (peek() == '/') {
    const char* const start = at_;
    const char kind = end_ - at_ > 1 ? at_[1] : '\0';
    if (kind != '/' && kind != '*') return fail(start, "expected `//` or `/*` to begin a comment");
    at_ += 2;
    for (;;) {
      if (at_ == end_) {
        if (kind == '/') return true;
        return fail(at_, "the comment that began at " + place_of(start) + " has no closing `*/`");
      }
      if (kind == '/' && (*at_ == '\n' || *at_ == '\r')) break;
      if (kind == '*' && *at_ == '*' && end_ - at_ > 1 && at_[1] == '/') {
        at_ += 2;
        break;
      }
      const char* next = next_code_point(at_, end_);
      if (next == nullptr) return fail(at_, "this comment is not valid UTF-8: " + found());
      at_ = next;
    }
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  return true;
}

bool JsonLexer::scan_string(std::string_view& out) {
  const char* const quote = at_++;
  const char* chunk = at_;
  bool escaped = false;
  for (;;) {
    at_ = find_special_byte(at_, end_);
    if (at_ < end_ && static_cast<unsigned char>(*at_) >= 0x80) {
      do {
        const char* next = next_code_point(at_, end_);
        if (next == nullptr) return fail_string_byte(quote);
        at_ = next;
      } while (at_ < end_ && static_cast<unsigned char>(*at_) >= 0x80);
      continue;
    }
    const auto length = static_cast<std::size_t>(at_ - chunk);
    if (length + (escaped ? scratch_.size() : 0) > options_.max_string) {
      return fail_string_length(quote);
    }
    if (at_ == end_ || is_control(*at_)) return fail_string_byte(quote);
    if (*at_ == '"') {
      if (escaped) {
        scratch_.append(chunk, length);
        out = scratch_;
      } else {
        out = std::string_view(chunk, length);
      }
      ++at_;
      return true;
    }
    if (!escaped) scratch_.clear();
    escaped = true;
    scratch_.append(chunk, length);
    if (!scan_escape()) return false;
    chunk = at_;
  }
}

bool JsonLexer::scan_escape() {
  const char* const backslash = at_++;
  const char kind = peek();
  constexpr std::string_view kShort = "\"\\/bfnrt";
  constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
  if (const std::size_t i = kShort.find(kind); i != std::string_view::npos) {
    scratch_ += kMeaning[i];
    ++at_;
    return true;
  }
  if (kind != 'u') {
    return fail(backslash, "expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX; found `\\`" +
                               (at_ < end_ ? " before " + found() : " at the end of the text"));
  }
  ++at_;
  std::uint32_t point = 0;
  if (!scan_hex(backslash, point)) return false;
  if (point >= 0xD800 && point < 0xE000) {
    const std::string half = "`\\u" + hexadecimal(point, 4) + "` is half of a surrogate pair";
    if (point >= 0xDC00) return fail(backslash, half + " and has no first half before it");
    const char* const second = at_;
    std::uint32_t low = 0;
    if (end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u') {
      at_ += 2;
      if (!scan_hex(second, low)) return false;
    }
    if (low < 0xDC00 || low > 0xDFFF) {
      return fail(backslash, half + " and has no second half after it");
    }
    point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(point, scratch_);
  return true;
}

bool JsonLexer::scan_hex(const char* place, std::uint32_t& unit) {
  unit = 0;
  if (end_ - at_ >= 4) {
    const auto [stop, code] = std::from_chars(at_, at_ + 4, unit, 16);
    if (code == std::errc() && stop == at_ + 4) {
      at_ += 4;
      return true;
    }
  }
  return fail(place, "expected four hexadecimal digits after `\\u`");
}

JsonLexer::Number JsonLexer::scan_number(std::int64_t& integer, double& number) {
  const char* const start = at_;
  const bool negative = *at_ == '-';
  if (negative) ++at_;
  const char* const first = at_;
  if (!is_digit(at_, end_)) {
    fail(at_, "expected a digit after the minus sign; found " + found());
    return Number::kInvalid;
  }
  std::uint64_t magnitude = 0;
  for (; is_digit(at_, end_); ++at_) {
    magnitude = magnitude * 10 + static_cast<std::uint64_t>(*at_ - '0');
  }
  const auto digits = at_ - first;
  if (*first == '0' && digits > 1) {
    fail(start, "a number must not begin with a zero that another digit follows");
    return Number::kInvalid;
  }
  const char next = peek();
  if (next != '.' && next != 'e' && next != 'E') {
    if (digits <= 18) {
      integer =
          negative ? -static_cast<std::int64_t>(magnitude) : static_cast<std::int64_t>(magnitude);
      return Number::kInt;
    }
    if (std::from_chars(start, at_, integer).ec == std::errc()) return Number::kInt;
    const std::string_view text(start, static_cast<std::size_t>(at_ - start));
    fail(start, "the integer " + std::string(text.substr(0, 40)) +
                    (text.size() > 40 ? "\xE2\x80\xA6" : "") +
                    " is outside the 64-bit range (-9223372036854775808 to 9223372036854775807)");
    return Number::kInvalid;
  }
  if (next == '.') {
    const char* const fraction = ++at_;
    at_ = skip_digits(at_, end_);
    if (at_ == fraction) {
      fail(at_, "expected a digit after the decimal point; found " + found());
      return Number::kInvalid;
    }
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    const char* const exponent = at_;
    at_ = skip_digits(at_, end_);
    if (at_ == exponent) {
      fail(at_, "expected a digit in the exponent; found " + found());
      return Number::kInvalid;
    }
  }
  const auto [stop, code] = std::from_chars(start, at_, number);
  if (code == std::errc()) return Number::kFloat;
  const std::string_view text(first, static_cast<std::size_t>(at_ - first));
  if (!overflows(text)) {
    number = negative ? -0.0 : 0.0;
    return Number::kFloat;
  }
  fail(start, "the number " + std::string(start, std::min<std::ptrdiff_t>(at_ - start, 40)) +
                  (at_ - start > 40 ? "\xE2\x80\xA6" : "") + " is too large for a 64-bit float");
  return Number::kInvalid;
}

}  // namespace pyforest
