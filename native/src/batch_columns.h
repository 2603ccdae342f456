// Reading and building single columns of a batch. Private to batch*.cpp.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pyforest/arrow.h"
#include "pyforest/program.h"

namespace pyforest {

/// A column that feeds a blackboard key.
class ColumnReader {
 public:
  /// Throws std::invalid_argument when the column's type has no JSON value or never fits the key.
  ColumnReader(const ColumnType& type, const Column& column, std::int32_t slot, const Slot& key,
               std::int64_t first_row);

  /// The value of a row; missing for a null cell. Throws std::invalid_argument, naming the row.
  void read(std::int64_t row, Value& out) const {
    if (plain_) {
      const std::int64_t at = offset_ + row;
      if (kind_ == Kind::kFloat64) {
        const double number = static_cast<const double*>(data_)[at];
        if (number >= minimum_ && number <= maximum_) {
          out = Value::number(number);
          return;
        }
      } else {
        const std::int64_t number = static_cast<const std::int64_t*>(data_)[at];
        const auto rounded = static_cast<double>(number);
        if (rounded >= minimum_ && rounded <= maximum_) {
          out = to_float_ ? Value::number(rounded) : Value::integer(number);
          return;
        }
      }
    }
    read_slowly(row, out);
  }

  std::int32_t slot() const { return slot_; }

 private:
  enum class Kind : std::uint8_t {
    kInt8,
    kInt16,
    kInt32,
    kInt64,
    kUInt8,
    kUInt16,
    kUInt32,
    kUInt64,
    kFloat32,
    kFloat64,
    kBool,
    kText32,
    kText64,
    kTextView,
    kNull
  };

  static bool find_kind(const std::string& format, Kind& kind);
  bool is_null(std::int64_t at) const {
    return validity_ != nullptr && ((validity_[at >> 3] >> (at & 7)) & 1) == 0;
  }
  std::int64_t integer(std::int64_t at, std::int64_t row) const;
  double floating(std::int64_t at, std::int64_t row) const;
  std::string_view text(std::int64_t at) const;
  void read_slowly(std::int64_t row, Value& out) const;
  void read_plain(std::int64_t at, std::int64_t row, Value& out) const;
  [[noreturn]] void refuse(std::int64_t row, const std::string& why) const;

  Kind kind_{};
  std::int32_t slot_;
  const Slot& key_;
  std::string name_;
  std::int64_t first_row_;  ///< number in the whole table of the column's first row
  const void* data_ = nullptr;
  const char* characters_ = nullptr;
  std::vector<const void*> views_;
  const std::uint8_t* validity_ = nullptr;
  std::int64_t offset_ = 0;
  bool to_float_ = false;
  bool check_ = false;
  bool plain_ = false;  ///< 64-bit numbers without nulls: the range below is the whole check
  double minimum_ = 0.0;
  double maximum_ = 0.0;
  std::unique_ptr<ColumnReader> dictionary_;
  std::vector<Value> words_;  ///< the dictionary's values, each made once
};

/// A column that collects one key's value row by row; it is told how many rows come.
class ColumnBuilder {
 public:
  enum class Kind : std::uint8_t { kInt, kFloat, kBool, kText, kJson };

  ColumnBuilder(Kind kind, std::int64_t rows);

  void append(const Value& value) {
    if (kind_ == Kind::kFloat && value.is_number()) {
      append_number(value.as_double());
    } else if (kind_ == Kind::kText && value.is_string()) {
      append_text(value.as_string());
    } else {
      append_other(value);
    }
  }

  void append_text(std::string_view text) {
    if (text.size() > capacity_ - size_) grow(text.size());
    // An inline copy of the usual short text is worth more than a call.
    char* to = characters_.get() + size_;
    for (std::size_t i = 0; i < text.size(); ++i) to[i] = text[i];
    size_ += text.size();
    cells_[++rows_] = static_cast<std::int64_t>(size_);
  }

  Column finish();
  static std::string format(Kind kind);
  static Kind kind_of(SlotType type);

 private:
  void append_number(double number) { std::memcpy(&cells_[rows_++], &number, sizeof number); }
  void append_other(const Value& value);
  void append_null();
  void grow(std::size_t more);

  Kind kind_;
  std::int64_t rows_ = 0;
  std::int64_t nulls_ = 0;
  std::int64_t expected_;
  std::vector<std::uint8_t> validity_;     ///< empty until the first null
  std::unique_ptr<std::int64_t[]> cells_;  ///< int64, bits of a double, or ends of texts
  std::vector<std::uint8_t> bits_;
  std::unique_ptr<char[]> characters_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace pyforest
