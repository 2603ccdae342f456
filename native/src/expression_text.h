// UTF-8 and number text, as Python reads and writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pyforest::expression {

/// Whether `text` is UTF-8 without surrogates or overlong forms.
bool is_utf8(std::string_view text) noexcept;

/// Appends one code point, which must be no surrogate and at most 0x10FFFF.
void append_utf8(std::string& out, std::uint32_t code_point);

std::size_t count_code_points(std::string_view text) noexcept;

/// The byte at which code point number `index` begins, or the size of `text` beyond the last.
std::size_t byte_of_code_point(std::string_view text, std::size_t index) noexcept;

/// The beginning of `text` between back quotes, for messages.
std::string quote(std::string_view text);

enum class NumberText : std::uint8_t { kGood, kMalformed, kTooLarge };

/// Reads what Python's int() takes, in ASCII: blanks around, a sign, underscores between digits.
NumberText parse_int(std::string_view text, std::int64_t& out) noexcept;

/// Reads what Python's float() takes, in ASCII, except for "inf" and "nan" (malformed here).
NumberText parse_float(std::string_view text, double& out) noexcept;

/// Python's repr() of a finite float, which is the shortest text that reads back as the same.
std::string float_text(double value);

/// Python's round(value, digits) for floats; kTooLarge where it would be infinite.
NumberText round_float(double value, std::int64_t digits, double& out) noexcept;

}  // namespace pyforest::expression
