#include "pyforest/value.h"

#include <charconv>
#include <cmath>
#include <new>
#include <unordered_map>

namespace pyforest {

struct StringRep : HeapRep {
  std::string text;
};

struct ArrayRep : HeapRep {
  std::vector<Value> items;
};

struct ObjectRep : HeapRep {
  std::vector<std::pair<Value, Value>> items;
  // Only large objects pay for an index; a scan is faster for the usual handful of keys.
  std::unordered_map<std::string_view, std::size_t> index;
};

namespace {
constexpr std::size_t kIndexFrom = 16;
}

Value Value::string(std::string_view text) {
  auto* rep = new StringRep;
  rep->text.assign(text);
  Value v(ValueTag::kString, 0);
  v.heap_ = rep;
  v.owned_ = true;
  return v;
}

Value Value::array(std::vector<Value> items) {
  auto* rep = new ArrayRep;
  rep->items = std::move(items);
  Value v(ValueTag::kArray, 0);
  v.heap_ = rep;
  v.owned_ = true;
  return v;
}

Value Value::object(std::vector<std::pair<Value, Value>> items) {
  auto* rep = new ObjectRep;
  rep->items = std::move(items);
  if (rep->items.size() >= kIndexFrom) {
    for (std::size_t i = 0; i < rep->items.size(); ++i) {
      rep->index.emplace(rep->items[i].first.as_string(), i);
    }
  }
  Value v(ValueTag::kObject, 0);
  v.heap_ = rep;
  v.owned_ = true;
  return v;
}

void Value::release() noexcept {
  if (heap_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  switch (tag_) {
    case ValueTag::kString:
      delete static_cast<StringRep*>(heap_);
      break;
    case ValueTag::kArray:
      delete static_cast<ArrayRep*>(heap_);
      break;
    default:
      delete static_cast<ObjectRep*>(heap_);
      break;
  }
}

std::string_view Value::as_string() const noexcept {
  return static_cast<const StringRep*>(heap_)->text;
}

const std::vector<Value>& Value::as_array() const noexcept {
  return static_cast<const ArrayRep*>(heap_)->items;
}

const std::vector<std::pair<Value, Value>>& Value::as_object() const noexcept {
  return static_cast<const ObjectRep*>(heap_)->items;
}

const Value* Value::find(std::string_view key) const noexcept {
  const auto* rep = static_cast<const ObjectRep*>(heap_);
  if (!rep->index.empty()) {
    auto it = rep->index.find(key);
    return it == rep->index.end() ? nullptr : &rep->items[it->second].second;
  }
  for (const auto& [name, value] : rep->items) {
    if (name.as_string() == key) return &value;
  }
  return nullptr;
}

namespace {

// Doubles cannot hold every int64, so a mixed pair is compared by the integer part first.
Order compare_int_float(std::int64_t i, double d) noexcept {
  if (std::isnan(d)) return Order::kUnordered;
  if (d >= 9223372036854775808.0) return Order::kLess;
  if (d < -9223372036854775808.0) return Order::kGreater;
  const double whole = std::trunc(d);
  const auto j = static_cast<std::int64_t>(whole);
  if (i != j) return i < j ? Order::kLess : Order::kGreater;
  if (d == whole) return Order::kEqual;
  return d > whole ? Order::kLess : Order::kGreater;
}

Order flip(Order o) noexcept {
  if (o == Order::kLess) return Order::kGreater;
  if (o == Order::kGreater) return Order::kLess;
  return o;
}

Order compare_numbers(const Value& a, const Value& b) noexcept {
  if (a.is_float()) {
    if (!b.is_float()) return flip(compare_int_float(b.as_int(), a.as_float()));
    const double x = a.as_float();
    const double y = b.as_float();
    if (x < y) return Order::kLess;
    if (x > y) return Order::kGreater;
    return x == y ? Order::kEqual : Order::kUnordered;
  }
  if (b.is_float()) return compare_int_float(a.as_int(), b.as_float());
  if (a.as_int() == b.as_int()) return Order::kEqual;
  return a.as_int() < b.as_int() ? Order::kLess : Order::kGreater;
}

template <class Equal>
bool equal_contents(const Value& a, const Value& b, Equal equal) noexcept {
  if (a.tag() != b.tag()) return false;
  if (a.is_string()) return a.as_string() == b.as_string();
  if (a.is_array()) {
    const auto& x = a.as_array();
    const auto& y = b.as_array();
    if (x.size() != y.size()) return false;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!equal(x[i], y[i])) return false;
    }
    return true;
  }
  if (a.is_object()) {
    if (a.as_object().size() != b.as_object().size()) return false;
    for (const auto& [key, value] : a.as_object()) {
      const Value* other = b.find(key.as_string());
      if (other == nullptr || !equal(value, *other)) return false;
    }
    return true;
  }
  return true;
}

}  // namespace

bool values_equal(const Value& a, const Value& b) noexcept {
  if (a.is_number() && b.is_number()) return compare_numbers(a, b) == Order::kEqual;
  return equal_contents(a, b, values_equal);
}

bool values_identical(const Value& a, const Value& b) noexcept {
  if (a.is_number() || b.is_number()) {
    if (a.tag() != b.tag()) return false;
    // By bits, so that 0.0 and -0.0 count as a change and nothing else surprises.
    if (a.is_float()) {
      std::uint64_t x = 0;
      std::uint64_t y = 0;
      const double p = a.as_float();
      const double q = b.as_float();
      std::memcpy(&x, &p, sizeof x);
      std::memcpy(&y, &q, sizeof y);
      return x == y;
    }
    return a.as_int() == b.as_int();
  }
  return equal_contents(a, b, values_identical);
}

Order compare_values(const Value& a, const Value& b) noexcept {
  if (a.is_number() && b.is_number()) return compare_numbers(a, b);
  if (a.is_string() && b.is_string()) {
    // UTF-8 sorts bytewise in code point order.
    const int c = a.as_string().compare(b.as_string());
    if (c == 0) return Order::kEqual;
    return c < 0 ? Order::kLess : Order::kGreater;
  }
  if (a.is_array() && b.is_array()) {
    const auto& x = a.as_array();
    const auto& y = b.as_array();
    for (std::size_t i = 0; i < x.size() && i < y.size(); ++i) {
      if (!values_equal(x[i], y[i])) return compare_values(x[i], y[i]);
    }
    if (x.size() == y.size()) return Order::kEqual;
    return x.size() < y.size() ? Order::kLess : Order::kGreater;
  }
  return Order::kUnordered;
}

bool is_truthy(const Value& v) noexcept {
  switch (v.tag()) {
    case ValueTag::kMissing:
    case ValueTag::kNull:
      return false;
    case ValueTag::kBool:
    case ValueTag::kInt:
      return v.as_int() != 0;
    case ValueTag::kFloat:
      return v.as_float() != 0.0;
    case ValueTag::kString:
      return !v.as_string().empty();
    case ValueTag::kArray:
      return !v.as_array().empty();
    case ValueTag::kObject:
      return !v.as_object().empty();
  }
  return false;
}

const char* type_name(const Value& v) noexcept {
  constexpr const char* kNames[] = {"missing", "null",   "bool",  "int",
                                    "float",   "string", "array", "object"};
  return kNames[static_cast<std::uint8_t>(v.tag())];
}

namespace {

void describe_into(const Value& v, std::string& out, std::size_t limit) {
  if (out.size() >= limit) return;
  switch (v.tag()) {
    case ValueTag::kMissing:
      out += "nothing";
      break;
    case ValueTag::kNull:
      out += "None";
      break;
    case ValueTag::kBool:
      out += v.as_bool() ? "True" : "False";
      break;
    case ValueTag::kInt:
      out += std::to_string(v.as_int());
      break;
    case ValueTag::kFloat: {
      char buffer[32];
      auto [end, ec] = std::to_chars(buffer, buffer + sizeof buffer, v.as_float());
      out.append(buffer, end);
      if (std::string_view(buffer, static_cast<std::size_t>(end - buffer)).find_first_of(".en") ==
          std::string_view::npos) {
        out += ".0";
      }
      break;
    }
    case ValueTag::kString:
      out += '\'';
      out += v.as_string();
      out += '\'';
      break;
    case ValueTag::kArray: {
      out += '[';
      bool first = true;
      for (const auto& item : v.as_array()) {
        if (!first) out += ", ";
        first = false;
        describe_into(item, out, limit);
      }
      out += ']';
      break;
    }
    case ValueTag::kObject: {
      out += '{';
      bool first = true;
      for (const auto& [key, item] : v.as_object()) {
        if (!first) out += ", ";
        first = false;
        describe_into(key, out, limit);
        out += ": ";
        describe_into(item, out, limit);
      }
      out += '}';
      break;
    }
  }
}

}  // namespace

std::string describe(const Value& v, std::size_t limit) {
  std::string out;
  describe_into(v, out, limit);
  if (out.size() > limit) {
    // Never cut inside a UTF-8 sequence.
    std::size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
    out.resize(end);
    out += "\xE2\x80\xA6";
  }
  return out;
}

}  // namespace pyforest
