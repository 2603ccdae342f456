// Reading and building single columns of a batch. Private to batch*.cpp.
#pragma once

#include <cstdint>
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
  void read(std::int64_t row, Value& out) const;

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
  std::unique_ptr<ColumnReader> dictionary_;
  std::vector<Value> words_;  ///< the dictionary's values, each made once
};

/// A column that collects one key's value row by row.
class ColumnBuilder {
 public:
  enum class Kind : std::uint8_t { kInt, kFloat, kBool, kText, kJson };

  ColumnBuilder(Kind kind, std::int64_t rows);
  void append(const Value& value);
  void append_text(std::string_view text);
  Column finish();
  static std::string format(Kind kind);
  static Kind kind_of(SlotType type);

 private:
  void append_null();
  void mark(bool valid);

  Kind kind_;
  std::int64_t rows_ = 0;
  std::int64_t nulls_ = 0;
  std::vector<std::uint8_t> validity_;
  std::vector<std::int64_t> numbers_;  ///< int64, or the bits of a double
  std::vector<std::uint8_t> bits_;
  std::vector<std::int64_t> ends_;
  std::string characters_;
};

}  // namespace pyforest
