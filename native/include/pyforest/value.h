// The values that a blackboard holds: JSON with 64-bit integers, compared as Python compares them.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pyforest {

enum class ValueTag : std::uint8_t {
  kMissing = 0,  ///< no value at all: an unset key
  kNull = 1,
  kBool = 2,
  kInt = 3,
  kFloat = 4,
  kString = 5,
  kArray = 6,
  kObject = 7,
};

struct StringRep;
struct ArrayRep;
struct ObjectRep;

/// Reference count shared by the immutable heap parts of a value. Forks of an execution live in
/// several threads and share them, hence atomic.
struct HeapRep {
  std::atomic<std::uint32_t> references{1};
};

/// A 16-byte immutable JSON value. Copying a borrowed one (a constant of a program, see
/// `borrowed`) costs no atomic operation: whoever holds it must keep the program alive.
class Value {
 public:
  Value() noexcept : tag_(ValueTag::kMissing), owned_(false), integer_(0) {}
  static Value null() noexcept { return Value(ValueTag::kNull, 0); }
  static Value boolean(bool b) noexcept { return Value(ValueTag::kBool, b ? 1 : 0); }
  static Value integer(std::int64_t i) noexcept { return Value(ValueTag::kInt, i); }
  static Value number(double d) noexcept {
    Value v(ValueTag::kFloat, 0);
    v.float_ = d;
    return v;
  }
  /// Copies `text`, which must be valid UTF-8.
  static Value string(std::string_view text);
  static Value array(std::vector<Value> items);
  /// Keys must be strings and unique; their order is kept.
  static Value object(std::vector<std::pair<Value, Value>> items);

  Value(const Value& other) noexcept
      : tag_(other.tag_), owned_(other.owned_), integer_(other.integer_) {
    if (owned_) retain();
  }
  Value(Value&& other) noexcept : tag_(other.tag_), owned_(other.owned_), integer_(other.integer_) {
    other.owned_ = false;
    other.tag_ = ValueTag::kMissing;
  }
  Value& operator=(const Value& other) noexcept {
    if (this != &other) {
      if (other.owned_) other.retain();
      if (owned_) release();
      tag_ = other.tag_;
      owned_ = other.owned_;
      integer_ = other.integer_;
    }
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    if (this != &other) {
      if (owned_) release();
      tag_ = other.tag_;
      owned_ = other.owned_;
      integer_ = other.integer_;
      other.owned_ = false;
      other.tag_ = ValueTag::kMissing;
    }
    return *this;
  }
  ~Value() {
    if (owned_) release();
  }

  /// The same value without a share in its lifetime.
  Value borrowed() const noexcept {
    Value v(tag_, 0);
    v.integer_ = integer_;
    return v;
  }
  /// The same value with a share in its lifetime again: for values that outlive their program.
  Value retained() const noexcept {
    Value v(tag_, 0);
    v.integer_ = integer_;
    if (tag_ >= ValueTag::kString) {
      v.owned_ = true;
      v.retain();
    }
    return v;
  }

  ValueTag tag() const noexcept { return tag_; }
  bool is_missing() const noexcept { return tag_ == ValueTag::kMissing; }
  bool is_null() const noexcept { return tag_ == ValueTag::kNull; }
  bool is_bool() const noexcept { return tag_ == ValueTag::kBool; }
  bool is_int() const noexcept { return tag_ == ValueTag::kInt; }
  bool is_float() const noexcept { return tag_ == ValueTag::kFloat; }
  /// bool, int or float: Python's numbers.
  bool is_number() const noexcept { return tag_ >= ValueTag::kBool && tag_ <= ValueTag::kFloat; }
  bool is_string() const noexcept { return tag_ == ValueTag::kString; }
  bool is_array() const noexcept { return tag_ == ValueTag::kArray; }
  bool is_object() const noexcept { return tag_ == ValueTag::kObject; }

  bool as_bool() const noexcept { return integer_ != 0; }
  /// Of a bool or int.
  std::int64_t as_int() const noexcept { return integer_; }
  double as_float() const noexcept { return float_; }
  /// Of any number, rounded to the nearest double.
  double as_double() const noexcept {
    return tag_ == ValueTag::kFloat ? float_ : static_cast<double>(integer_);
  }
  std::string_view as_string() const noexcept;
  const std::vector<Value>& as_array() const noexcept;
  const std::vector<std::pair<Value, Value>>& as_object() const noexcept;
  /// The value under `key`, or null pointer.
  const Value* find(std::string_view key) const noexcept;

 private:
  Value(ValueTag tag, std::int64_t i) noexcept : tag_(tag), owned_(false), integer_(i) {}
  void retain() const noexcept { heap_->references.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept;

  ValueTag tag_;
  bool owned_;
  union {
    std::int64_t integer_;
    double float_;
    HeapRep* heap_;
  };
};

static_assert(sizeof(Value) == 16);

/// Python's `==`: 1 == 1.0 == True, arrays and objects by content, different kinds are unequal.
bool values_equal(const Value& a, const Value& b) noexcept;

/// The same tag and the same content, so that 1, 1.0 and True differ: what "changed" means for a
/// blackboard key. NaN never occurs in a value.
bool values_identical(const Value& a, const Value& b) noexcept;

enum class Order : std::uint8_t { kLess, kEqual, kGreater, kUnordered };

/// Python's ordering: numbers by exact value, strings by code point, arrays item by item;
/// `kUnordered` where Python would raise TypeError.
Order compare_values(const Value& a, const Value& b) noexcept;

/// Python's truth: missing, null, false, zero and the empty ones are false.
bool is_truthy(const Value& v) noexcept;

/// "null", "bool", "int", "float", "string", "array", "object"; "missing" for no value.
const char* type_name(const Value& v) noexcept;

/// Python-like text of a value for messages: strings quoted, long ones cut at `limit` bytes.
std::string describe(const Value& v, std::size_t limit = 80);

}  // namespace pyforest
