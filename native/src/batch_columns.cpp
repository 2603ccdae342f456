#include "batch_columns.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

#include "pyforest/json.h"

namespace pyforest {

bool ColumnReader::find_kind(const std::string& format, Kind& kind) {
  constexpr std::pair<const char*, Kind> kFormats[] = {
      {"c", Kind::kInt8},    {"s", Kind::kInt16},     {"i", Kind::kInt32},  {"l", Kind::kInt64},
      {"C", Kind::kUInt8},   {"S", Kind::kUInt16},    {"I", Kind::kUInt32}, {"L", Kind::kUInt64},
      {"f", Kind::kFloat32}, {"g", Kind::kFloat64},   {"b", Kind::kBool},   {"u", Kind::kText32},
      {"U", Kind::kText64},  {"vu", Kind::kTextView}, {"n", Kind::kNull},
  };
  for (const auto& [known, found] : kFormats) {
    if (format == known) {
      kind = found;
      return true;
    }
  }
  return false;
}

ColumnReader::ColumnReader(const ColumnType& type, const Column& column, std::int32_t slot,
                           const Slot& key, std::int64_t first_row)
    : slot_(slot), key_(key), name_(type.name), first_row_(first_row), offset_(column.offset) {
  if (!find_kind(type.format, kind_)) {
    throw std::invalid_argument("column `" + name_ + "` has the Arrow type `" + type.format +
                                "`, which has no JSON value; give numbers, text or booleans");
  }
  if (kind_ == Kind::kNull) return;
  validity_ = static_cast<const std::uint8_t*>(column.buffers.at(0));
  data_ = column.buffers.at(1);
  if (kind_ == Kind::kText32 || kind_ == Kind::kText64) {
    characters_ = static_cast<const char*>(column.buffers.at(2));
  } else if (kind_ == Kind::kTextView) {
    views_ = column.buffers;
  }
  if (column.dictionary) {
    dictionary_ =
        std::make_unique<ColumnReader>(*type.dictionary, *column.dictionary, slot, key, 0);
    dictionary_->name_ = name_;
    words_.resize(static_cast<std::size_t>(column.dictionary->length));
    for (std::size_t i = 0; i < words_.size(); ++i) {
      dictionary_->read(static_cast<std::int64_t>(i), words_[i]);
    }
    return;
  }
  const bool is_integer = kind_ <= Kind::kUInt64;
  const bool is_float = kind_ == Kind::kFloat32 || kind_ == Kind::kFloat64;
  to_float_ = key.type == SlotType::kFloat && is_integer;
  const bool fits =
      key.type == SlotType::kAny || (key.type == SlotType::kFloat && (is_integer || is_float)) ||
      (key.type == SlotType::kInt && is_integer) ||
      (key.type == SlotType::kBool && kind_ == Kind::kBool) ||
      (key.type == SlotType::kString && kind_ >= Kind::kText32 && kind_ <= Kind::kTextView);
  if (!fits) {
    constexpr const char* kNames[] = {"any", "int", "float", "string", "bool", "array", "object"};
    throw std::invalid_argument("column `" + name_ +
                                "` does not fit its key, which is declared as " +
                                kNames[static_cast<std::uint8_t>(key.type)]);
  }
  check_ = key.minimum || key.maximum || !key.choices.empty();
  plain_ = (kind_ == Kind::kFloat64 || kind_ == Kind::kInt64) && validity_ == nullptr &&
           key.choices.empty();
  constexpr double kLargest = std::numeric_limits<double>::max();
  minimum_ = key.minimum.value_or(-kLargest);
  maximum_ = key.maximum.value_or(kLargest);
}

void ColumnReader::refuse(std::int64_t row, const std::string& why) const {
  throw std::invalid_argument("row " + std::to_string(first_row_ + row + 1) + ", column `" + name_ +
                              "`: " + why);
}

std::int64_t ColumnReader::integer(std::int64_t at, std::int64_t row) const {
  switch (kind_) {
    case Kind::kInt8:
      return static_cast<const std::int8_t*>(data_)[at];
    case Kind::kInt16:
      return static_cast<const std::int16_t*>(data_)[at];
    case Kind::kInt32:
      return static_cast<const std::int32_t*>(data_)[at];
    case Kind::kUInt8:
      return static_cast<const std::uint8_t*>(data_)[at];
    case Kind::kUInt16:
      return static_cast<const std::uint16_t*>(data_)[at];
    case Kind::kUInt32:
      return static_cast<const std::uint32_t*>(data_)[at];
    case Kind::kUInt64: {
      const std::uint64_t number = static_cast<const std::uint64_t*>(data_)[at];
      if (number > static_cast<std::uint64_t>(INT64_MAX))
        refuse(row, "integers have 64 bits with a sign");
      return static_cast<std::int64_t>(number);
    }
    default:
      return static_cast<const std::int64_t*>(data_)[at];
  }
}

double ColumnReader::floating(std::int64_t at, std::int64_t row) const {
  const double number = kind_ == Kind::kFloat32
                            ? static_cast<double>(static_cast<const float*>(data_)[at])
                            : static_cast<const double*>(data_)[at];
  if (!std::isfinite(number)) refuse(row, "a number must be finite; leave the cell empty instead");
  return number;
}

std::string_view ColumnReader::text(std::int64_t at) const {
  if (kind_ == Kind::kText32) {
    const auto* offsets = static_cast<const std::int32_t*>(data_);
    return {characters_ + offsets[at], static_cast<std::size_t>(offsets[at + 1] - offsets[at])};
  }
  if (kind_ == Kind::kText64) {
    const auto* offsets = static_cast<const std::int64_t*>(data_);
    return {characters_ + offsets[at], static_cast<std::size_t>(offsets[at + 1] - offsets[at])};
  }
  // A view: its length, then up to 12 bytes in place, or a prefix, a buffer's number and an offset.
  const auto* view = static_cast<const char*>(data_) + at * 16;
  std::int32_t size = 0;
  std::memcpy(&size, view, 4);
  if (size <= 12) return {view + 4, static_cast<std::size_t>(size)};
  std::int32_t buffer = 0;
  std::int32_t start = 0;
  std::memcpy(&buffer, view + 8, 4);
  std::memcpy(&start, view + 12, 4);
  const auto* bytes = static_cast<const char*>(views_.at(static_cast<std::size_t>(buffer) + 2));
  return {bytes + start, static_cast<std::size_t>(size)};
}

void ColumnReader::read_plain(std::int64_t at, std::int64_t row, Value& out) const {
  switch (kind_) {
    case Kind::kFloat64:
    case Kind::kFloat32:
      out = Value::number(floating(at, row));
      break;
    case Kind::kBool:
      out =
          Value::boolean(((static_cast<const std::uint8_t*>(data_)[at >> 3] >> (at & 7)) & 1) != 0);
      break;
    case Kind::kText32:
    case Kind::kText64:
    case Kind::kTextView:
      out = Value::string(text(at));
      break;
    default: {
      const std::int64_t number = integer(at, row);
      out = to_float_ ? Value::number(static_cast<double>(number)) : Value::integer(number);
      break;
    }
  }
}

void ColumnReader::read_slowly(std::int64_t row, Value& out) const {
  const std::int64_t at = offset_ + row;
  if (kind_ == Kind::kNull || is_null(at)) {
    out = Value();
    return;
  }
  if (dictionary_) {
    const std::int64_t word = integer(at, row);
    if (word < 0 || word >= static_cast<std::int64_t>(words_.size())) {
      refuse(row, "its dictionary has no such entry");
    }
    out = words_[static_cast<std::size_t>(word)].borrowed();
    return;
  }
  read_plain(at, row, out);
  if (check_) {
    std::string error;
    if (!conform(key_, out, error)) refuse(row, error);
  }
}

ColumnBuilder::ColumnBuilder(Kind kind, std::int64_t rows) : kind_(kind), expected_(rows) {
  const auto count = static_cast<std::size_t>(rows);
  if (kind == Kind::kBool) {
    bits_.assign((count + 7) / 8 + 1, 0);
    return;
  }
  cells_ = std::make_unique_for_overwrite<std::int64_t[]>(count + 1);
  if (kind == Kind::kText || kind == Kind::kJson) {
    cells_[0] = 0;
    grow(count * 8 + 1);
  }
}

void ColumnBuilder::grow(std::size_t more) {
  const std::size_t wanted = std::max(capacity_ + capacity_ / 2, size_ + more);
  auto larger = std::make_unique_for_overwrite<char[]>(wanted);
  if (size_ > 0) std::memcpy(larger.get(), characters_.get(), size_);
  characters_ = std::move(larger);
  capacity_ = wanted;
}

std::string ColumnBuilder::format(Kind kind) {
  constexpr const char* kFormats[] = {"l", "g", "b", "U", "U"};
  return kFormats[static_cast<std::uint8_t>(kind)];
}

ColumnBuilder::Kind ColumnBuilder::kind_of(SlotType type) {
  switch (type) {
    case SlotType::kInt:
      return Kind::kInt;
    case SlotType::kFloat:
      return Kind::kFloat;
    case SlotType::kBool:
      return Kind::kBool;
    case SlotType::kString:
      return Kind::kText;
    default:
      return Kind::kJson;
  }
}

void ColumnBuilder::append_null() {
  if (validity_.empty()) {
    validity_.assign(static_cast<std::size_t>(expected_ + 7) / 8 + 1, 0xFF);
  }
  validity_[static_cast<std::size_t>(rows_ >> 3)] &=
      static_cast<std::uint8_t>(~(1U << (rows_ & 7)));
  ++nulls_;
  if (kind_ == Kind::kText || kind_ == Kind::kJson) {
    cells_[++rows_] = static_cast<std::int64_t>(size_);
  } else {
    if (kind_ != Kind::kBool) cells_[rows_] = 0;
    ++rows_;
  }
}

void ColumnBuilder::append_other(const Value& value) {
  if (value.is_missing() || (value.is_null() && kind_ != Kind::kJson)) {
    append_null();
    return;
  }
  switch (kind_) {
    case Kind::kText:
      append_text(value.as_string());
      break;
    case Kind::kJson: {
      std::string text;
      append_json(value, text);
      append_text(text);
      break;
    }
    case Kind::kBool:
      if (value.as_bool()) {
        bits_[static_cast<std::size_t>(rows_ >> 3)] |= static_cast<std::uint8_t>(1U << (rows_ & 7));
      }
      ++rows_;
      break;
    case Kind::kInt:
      cells_[rows_++] = value.as_int();
      break;
    case Kind::kFloat:
      append_number(value.as_double());
      break;
  }
}

Column ColumnBuilder::finish() {
  Column out;
  out.length = rows_;
  out.null_count = nulls_;
  auto held = std::make_shared<ColumnBuilder>(std::move(*this));
  out.buffers.push_back(held->nulls_ == 0 ? nullptr : held->validity_.data());
  if (held->kind_ == Kind::kInt || held->kind_ == Kind::kFloat) {
    out.buffers.push_back(held->cells_.get());
  } else if (held->kind_ == Kind::kBool) {
    out.buffers.push_back(held->bits_.data());
  } else {
    out.buffers.push_back(held->cells_.get());
    out.buffers.push_back(held->characters_.get());
  }
  out.owner = std::move(held);
  return out;
}

}  // namespace pyforest
