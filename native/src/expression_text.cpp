#include "expression_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace pyforest::expression {

namespace {

bool is_continuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string_view strip(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Python allows an underscore only between two digits. Returns false where one is elsewhere.
bool drop_underscores(std::string_view& text, std::string& storage) {
  if (text.find('_') == std::string_view::npos) return true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      storage += text[i];
    } else if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1])) {
      return false;
    }
  }
  text = storage;
  return true;
}

// [digits][.digits][e[sign]digits] with a digit before the exponent: from_chars alone would take
// "inf", "nan" and a prefix of anything.
bool is_decimal(std::string_view text) noexcept {
  std::size_t i = 0;
  std::size_t mantissa = 0;
  while (i < text.size() && is_digit(text[i])) ++i, ++mantissa;
  if (i < text.size() && text[i] == '.') ++i;
  while (i < text.size() && is_digit(text[i])) ++i, ++mantissa;
  if (mantissa == 0) return false;
  if (i == text.size()) return true;
  if (text[i] != 'e' && text[i] != 'E') return false;
  ++i;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  const std::size_t exponent = i;
  while (i < text.size() && is_digit(text[i])) ++i;
  return i == text.size() && i > exponent;
}

// from_chars reports both ends of the range alike; whether a decimal is tiny shows in the place of
// its first digit.
bool is_tiny(std::string_view decimal) noexcept {
  const std::size_t e = decimal.find_first_of("eE");
  const std::string_view mantissa = decimal.substr(0, e);
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return true;
  if (e != std::string_view::npos) {
    std::string_view exponent = decimal.substr(e + 1);
    const bool negative = exponent.front() == '-';
    if (negative || exponent.front() == '+') exponent.remove_prefix(1);
    std::int64_t magnitude = 0;
    const auto [end, ec] =
        std::from_chars(exponent.data(), exponent.data() + exponent.size(), magnitude);
    (void)end;
    // A text is far shorter than this many digits, so the mantissa cannot outweigh it.
    if (ec != std::errc() || magnitude > 10'000'000) return negative;
    const auto point = static_cast<std::int64_t>(std::min(mantissa.find('.'), mantissa.size()));
    const std::int64_t place = point - static_cast<std::int64_t>(first);
    return place + (negative ? -magnitude : magnitude) < 0;
  }
  return mantissa.find('.') != std::string_view::npos && mantissa.find('.') <= first;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if (!is_continuation(text[i + k])) return false;
    }
    const auto second = static_cast<unsigned char>(text[i + 1]);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
        (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
      return false;
    }
    i += length;
  }
  return true;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0U | (code_point >> 6U));
    put(0x80U | (code_point & 0x3FU));
  } else if (code_point < 0x10000) {
    put(0xE0U | (code_point >> 12U));
    put(0x80U | ((code_point >> 6U) & 0x3FU));
    put(0x80U | (code_point & 0x3FU));
  } else {
    put(0xF0U | (code_point >> 18U));
    put(0x80U | ((code_point >> 12U) & 0x3FU));
    put(0x80U | ((code_point >> 6U) & 0x3FU));
    put(0x80U | (code_point & 0x3FU));
  }
}

std::size_t count_code_points(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) count += is_continuation(c) ? 0 : 1;
  return count;
}

std::size_t byte_of_code_point(std::string_view text, std::size_t index) noexcept {
  std::size_t i = 0;
  while (i < text.size()) {
    if (!is_continuation(text[i])) {
      if (index == 0) return i;
      --index;
    }
    ++i;
  }
  return i;
}

std::string quote(std::string_view text) {
  constexpr std::size_t kShown = 40;
  std::string out = "`";
  std::size_t end = std::min(text.size(), kShown);
  while (end < text.size() && end > 0 && is_continuation(text[end])) {
    --end;
  }
  out += text.substr(0, end);
  if (end < text.size()) out += "\u2026";
  return out + "`";
}

NumberText parse_int(std::string_view text, std::int64_t& out) noexcept {
  text = strip(text);
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) {
    return NumberText::kMalformed;
  }
  std::uint64_t magnitude = 0;
  bool too_large = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_' && text[i + 1] != '_') continue;
    if (!is_digit(text[i])) return NumberText::kMalformed;
    const auto digit = static_cast<std::uint64_t>(text[i] - '0');
    too_large = too_large || __builtin_mul_overflow(magnitude, std::uint64_t{10}, &magnitude) ||
                __builtin_add_overflow(magnitude, digit, &magnitude);
  }
  constexpr std::uint64_t kTop = std::uint64_t{1} << 63U;
  if (too_large || magnitude > kTop || (magnitude == kTop && !negative)) {
    return NumberText::kTooLarge;
  }
  out = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
  return NumberText::kGood;
}

NumberText parse_float(std::string_view text, double& out) noexcept {
  text = strip(text);
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  std::string storage;
  if (!drop_underscores(text, storage) || !is_decimal(text)) return NumberText::kMalformed;
  double magnitude = 0.0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), magnitude);
  (void)end;
  if (ec == std::errc::result_out_of_range) {
    if (!is_tiny(text)) return NumberText::kTooLarge;
    magnitude = 0.0;
  } else if (!std::isfinite(magnitude)) {
    return NumberText::kTooLarge;
  }
  out = negative ? -magnitude : magnitude;
  return NumberText::kGood;
}

std::string float_text(double value) {
  // "d.ddde±xx": the shortest digits, to be laid out by Python's rule.
  char buffer[40];
  const auto [end, ec] =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  (void)ec;
  std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  std::string out;
  if (text.front() == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  const std::size_t e = text.find('e');
  std::string digits(1, text.front());
  if (e > 1) digits += text.substr(2, e - 2);
  int exponent = 0;
  const char* from = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(from, text.data() + text.size(), exponent);
  if (exponent < -4 || exponent >= 16) {
    out += digits.front();
    if (digits.size() > 1) out.append(".").append(digits, 1);
    out += exponent < 0 ? "e-" : "e+";
    const int magnitude = std::abs(exponent);
    if (magnitude < 10) out += '0';
    return out + std::to_string(magnitude);
  }
  if (exponent < 0) {
    return out.append("0.").append(static_cast<std::size_t>(-exponent - 1), '0').append(digits);
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) {
    return out.append(digits).append(whole - digits.size(), '0').append(".0");
  }
  return out.append(digits, 0, whole).append(".").append(digits, whole);
}

namespace {

// Rounds the digits of a whole number to tens, hundreds, ...; half to even, `beyond` telling
// whether anything follows the last digit. Leaves the digits that are kept.
void round_digits(std::string& digits, std::size_t dropped, bool beyond) {
  if (dropped > digits.size()) {
    digits.assign(1, '0');
    return;
  }
  const std::size_t kept = digits.size() - dropped;
  const char next = digits[kept];
  const bool rest = beyond || digits.find_first_not_of('0', kept + 1) != std::string::npos;
  const bool odd = kept > 0 && (digits[kept - 1] - '0') % 2 == 1;
  digits.resize(kept);
  if (next > '5' || (next == '5' && (rest || odd))) {
    std::size_t i = kept;
    while (i > 0 && digits[i - 1] == '9') digits[--i] = '0';
    if (i > 0) {
      ++digits[i - 1];
    } else {
      digits.assign(1, '1').append(kept, '0');
    }
  }
  if (digits.empty()) digits.assign(1, '0');
}

}  // namespace

NumberText round_float(double value, std::int64_t digits, double& out) noexcept {
  // Beyond these nothing, or everything, is rounded away; they are CPython's.
  if (digits > 323) {
    out = value;
    return NumberText::kGood;
  }
  if (digits < -308) {
    out = 0.0 * value;
    return NumberText::kGood;
  }
  const double magnitude = std::fabs(value);
  double rounded = 0.0;
  if (digits >= 0) {
    // The exact decimal expansion rounded once, half to even, then read back.
    char buffer[700];
    const auto written = std::to_chars(buffer, buffer + sizeof buffer, magnitude,
                                       std::chars_format::fixed, static_cast<int>(digits));
    std::from_chars(buffer, written.ptr, rounded);
  } else {
    char buffer[400];
    const double whole = std::trunc(magnitude);
    const auto written =
        std::to_chars(buffer, buffer + sizeof buffer, whole, std::chars_format::fixed, 0);
    std::string text(buffer, written.ptr);
    round_digits(text, static_cast<std::size_t>(-digits), whole != magnitude);
    text += 'e';
    text += std::to_string(-digits);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), rounded);
    if (read.ec != std::errc()) return NumberText::kTooLarge;
  }
  out = std::copysign(rounded, value);
  return NumberText::kGood;
}

}  // namespace pyforest::expression
