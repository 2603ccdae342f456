// Bytes in and out: the building blocks of records and snapshots.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pyforest/value.h"

namespace pyforest {

/// Bytes that are no record or snapshot of ours; the message says why.
class DecodeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Appends little-endian numbers, LEB128 varints and values to a string.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  void byte(std::uint8_t b) { out_.push_back(static_cast<char>(b)); }
  void varint(std::uint64_t n) {
    while (n >= 0x80) {
      byte(static_cast<std::uint8_t>(n | 0x80U));
      n >>= 7U;
    }
    byte(static_cast<std::uint8_t>(n));
  }
  /// Small magnitudes of either sign stay small.
  void zigzag(std::int64_t n) {
    varint((static_cast<std::uint64_t>(n) << 1U) ^ static_cast<std::uint64_t>(n >> 63));
  }
  void fixed64(std::uint64_t n) { raw(&n, sizeof n); }
  void text(std::string_view s) {
    varint(s.size());
    out_.append(s);
  }
  void raw(const void* bytes, std::size_t size) {
    out_.append(static_cast<const char*>(bytes), size);
  }
  void value(const Value& v);

 private:
  std::string& out_;
};

/// Reads what ByteWriter wrote; throws DecodeError instead of reading past the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t byte() {
    if (at_ >= bytes_.size()) short_read();
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  std::uint8_t peek() const {
    if (at_ >= bytes_.size()) short_read();
    return static_cast<std::uint8_t>(bytes_[at_]);
  }
  std::uint64_t varint() {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t b = byte();
      n |= static_cast<std::uint64_t>(b & 0x7FU) << shift;
      if ((b & 0x80U) == 0) return n;
    }
    throw DecodeError("a number is longer than 64 bits");
  }
  std::int64_t zigzag() {
    const std::uint64_t n = varint();
    return static_cast<std::int64_t>(n >> 1U) ^ -static_cast<std::int64_t>(n & 1U);
  }
  std::uint64_t fixed64() {
    std::uint64_t n = 0;
    raw(&n, sizeof n);
    return n;
  }
  /// Text, checked to be UTF-8.
  std::string_view text();
  /// Bytes of any kind.
  std::string_view bytes() {
    const std::uint64_t size = varint();
    return take(size);
  }
  void raw(void* out, std::size_t size) { std::memcpy(out, take(size).data(), size); }
  std::string_view take(std::uint64_t size) {
    if (size > bytes_.size() - at_) short_read();
    const std::string_view part = bytes_.substr(at_, size);
    at_ += size;
    return part;
  }
  /// A count of items that take at least one byte each: refused before anything is reserved.
  std::uint64_t count() {
    const std::uint64_t n = varint();
    if (n > bytes_.size() - at_) short_read();
    return n;
  }
  Value value(int depth = 0);
  bool at_end() const { return at_ == bytes_.size(); }

 private:
  [[noreturn]] static void short_read() { throw DecodeError("the bytes end too early"); }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

/// A 64-bit checksum in which every single changed byte shows: each 8-byte step maps the running
/// sum one to one.
std::uint64_t checksum(std::string_view bytes) noexcept;

}  // namespace pyforest
