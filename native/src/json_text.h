// Bytes of JSON texts, for the reader, its messages and the writer.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace pyforest {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

inline bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20; }

/// The last `digits` hexadecimal digits of a number.
inline std::string hexadecimal(std::uint32_t number, std::size_t digits) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string out(digits, '0');
  for (std::size_t i = digits; i-- > 0; number >>= 4) out[i] = kDigits[number & 15];
  return out;
}

/// The first byte from `at` on that a JSON string cannot hold as it stands (quote, backslash,
/// control character) or that begins a longer UTF-8 sequence; `end` when there is none.
inline const char* find_special_byte(const char* at, const char* end) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = 0x8080808080808080U;
  while (end - at >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    const std::uint64_t quote = word ^ (kOnes * '"');
    const std::uint64_t backslash = word ^ (kOnes * '\\');
    // A borrow can mark a byte wrongly, yet only one behind a byte that is marked rightly.
    const std::uint64_t special =
        ((word - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes) | word) & kHigh;
    if (special != 0) {
      if constexpr (std::endian::native == std::endian::little) {
        return at + std::countr_zero(special) / 8;
      }
      break;
    }
    at += 8;
  }
  while (at < end) {
    const auto byte = static_cast<unsigned char>(*at);
    if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') break;
    ++at;
  }
  return at;
}

/// Where the UTF-8 sequence at `at` ends, or null pointer when it is none: overlong forms,
/// surrogates and what lies beyond U+10FFFF are not. `at` is before `end`.
inline const char* next_code_point(const char* at, const char* end) noexcept {
  const auto byte = [at](int i) { return static_cast<unsigned char>(at[i]); };
  const auto continues = [&byte](int i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return at + 1;
  if (first < 0xC2) return nullptr;
  if (first < 0xE0) return end - at >= 2 && continues(1) ? at + 2 : nullptr;
  if (first < 0xF0) {
    if (end - at < 3 || !continues(1) || !continues(2)) return nullptr;
    if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) >= 0xA0)) return nullptr;
    return at + 3;
  }
  if (first > 0xF4 || end - at < 4 || !continues(1) || !continues(2) || !continues(3)) {
    return nullptr;
  }
  if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) >= 0x90)) return nullptr;
  return at + 4;
}

}  // namespace pyforest
