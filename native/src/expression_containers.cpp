// Subscripts, slices, list and dict literals.
#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "expression_operations.h"
#include "expression_text.h"

namespace pyforest::expression {

using Kind = EvalError::Kind;

namespace {

bool is_integral(const Value& v) { return v.is_int() || v.is_bool(); }

// The position that a Python index means, or false where there is none.
bool position(std::int64_t index, std::size_t size, std::size_t& out) {
  const auto length = static_cast<std::int64_t>(size);
  if (index < 0) index += length;
  if (index < 0 || index >= length) return false;
  out = static_cast<std::size_t>(index);
  return true;
}

bool fail_index(EvalError& error, std::int64_t index, std::size_t size) {
  return fail(
      error, Kind::kIndex,
      "there is no item " + std::to_string(index) + ": the length is " + std::to_string(size));
}

// A bound of a slice: None is `otherwise`, negative ones count from the end, all are clamped.
bool bound(const Value& v, std::size_t size, std::size_t otherwise, std::size_t& out) {
  if (v.is_null()) {
    out = otherwise;
    return true;
  }
  if (!is_integral(v)) return false;
  const auto length = static_cast<std::int64_t>(size);
  std::int64_t index = v.as_int();
  if (index < 0) index += length;
  out = static_cast<std::size_t>(std::clamp<std::int64_t>(index, 0, length));
  return true;
}

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
}

std::string_view code_points(std::string_view text, std::size_t from, std::size_t to, bool ascii) {
  if (ascii) return text.substr(from, to - from);
  const std::size_t begin = byte_of_code_point(text, from);
  text.remove_prefix(begin);
  return text.substr(0, byte_of_code_point(text, to - from));
}

bool give_list(std::vector<Value> items, Value& out, EvalError& error) {
  Budget budget;
  if (items.size() > budget.items) return fail_limit(error);
  budget.items -= items.size();
  for (const Value& item : items) {
    if (!spend(budget, item, 2)) return fail_limit(error);
  }
  out = Value::array(std::move(items));
  return true;
}

}  // namespace

bool concatenate(const Value& a, const Value& b, Value& out, EvalError& error) {
  if (a.is_string()) {
    const std::string_view x = a.as_string();
    const std::string_view y = b.as_string();
    if (x.size() + y.size() > kMaxResultText) return fail_limit(error);
    std::string text;
    text.reserve(x.size() + y.size());
    out = Value::string(text.append(x).append(y));
    return true;
  }
  const auto& x = a.as_array();
  const auto& y = b.as_array();
  if (x.size() + y.size() > kMaxResultItems) return fail_limit(error);
  std::vector<Value> items;
  items.reserve(x.size() + y.size());
  for (const Value& item : x) items.push_back(item.retained());
  for (const Value& item : y) items.push_back(item.retained());
  return give_list(std::move(items), out, error);
}

bool repeat(const Value& sequence, std::int64_t times, Value& out, EvalError& error) {
  const std::size_t size =
      sequence.is_string() ? sequence.as_string().size() : sequence.as_array().size();
  const std::size_t limit = sequence.is_string() ? kMaxResultText : kMaxResultItems;
  const auto count = size == 0 || times < 0 ? 0 : static_cast<std::uint64_t>(times);
  if (count > limit || count * size > limit) return fail_limit(error);
  if (sequence.is_string()) {
    std::string text;
    text.reserve(count * size);
    for (std::uint64_t i = 0; i < count; ++i) text += sequence.as_string();
    out = Value::string(text);
    return true;
  }
  std::vector<Value> items;
  items.reserve(count * size);
  for (std::uint64_t i = 0; i < count; ++i) {
    for (const Value& item : sequence.as_array()) items.push_back(item.retained());
  }
  return give_list(std::move(items), out, error);
}

bool subscript(const Value& container, const Value& index, bool borrowed, Value& out,
               EvalError& error) {
  if (container.is_object()) {
    if (index.is_array() || index.is_object()) {
      return fail(error, Kind::kType, std::string("a key cannot be ") + type_name(index));
    }
    const Value* found = index.is_string() ? container.find(index.as_string()) : nullptr;
    if (found == nullptr) {
      return fail(error, Kind::kKey, "there is no item " + describe(index));
    }
    out = borrowed ? found->borrowed() : found->retained();
    return true;
  }
  if (!container.is_array() && !container.is_string()) {
    return fail(error, Kind::kType, std::string(type_name(container)) + " has no items");
  }
  if (!is_integral(index)) {
    return fail(error, Kind::kType,
                std::string("an item is chosen by its number, not by ") + type_name(index));
  }
  std::size_t at = 0;
  if (container.is_array()) {
    const auto& items = container.as_array();
    if (!position(index.as_int(), items.size(), at)) {
      return fail_index(error, index.as_int(), items.size());
    }
    out = borrowed ? items[at].borrowed() : items[at].retained();
    return true;
  }
  const std::string_view text = container.as_string();
  const bool ascii = is_ascii(text);
  const std::size_t size = ascii ? text.size() : count_code_points(text);
  if (!position(index.as_int(), size, at)) return fail_index(error, index.as_int(), size);
  out = Value::string(code_points(text, at, at + 1, ascii));
  return true;
}

bool slice(const Value& container, const Value& from, const Value& to, Value& out,
           EvalError& error) {
  if (!container.is_array() && !container.is_string()) {
    return fail(error, Kind::kType, std::string(type_name(container)) + " cannot be sliced");
  }
  const bool text = container.is_string();
  const bool ascii = text && is_ascii(container.as_string());
  const std::size_t size = !text   ? container.as_array().size()
                           : ascii ? container.as_string().size()
                                   : count_code_points(container.as_string());
  std::size_t begin = 0;
  std::size_t end = 0;
  if (!bound(from, size, 0, begin) || !bound(to, size, size, end)) {
    return fail(error, Kind::kType, "the bounds of a slice are whole numbers or None");
  }
  end = std::max(begin, end);
  if (text) {
    const std::string_view part = code_points(container.as_string(), begin, end, ascii);
    if (part.size() > kMaxResultText) return fail_limit(error);
    out = Value::string(part);
    return true;
  }
  if (end - begin > kMaxResultItems) return fail_limit(error);
  std::vector<Value> items;
  items.reserve(end - begin);
  const auto& all = container.as_array();
  for (std::size_t i = begin; i < end; ++i) items.push_back(all[i].retained());
  out = Value::array(std::move(items));
  return true;
}

bool make_list(const Value* items, std::size_t count, Value& out, EvalError& error) {
  Budget budget;
  std::vector<Value> list;
  list.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!spend(budget, items[i], 2)) return fail_limit(error);
    list.push_back(items[i].retained());
  }
  if (count > budget.items) return fail_limit(error);
  out = Value::array(std::move(list));
  return true;
}

bool make_dict(const Value* items, std::size_t count, Value& out, EvalError& error) {
  Budget budget;
  std::vector<std::pair<Value, Value>> pairs;
  pairs.reserve(count / 2);
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i + 1 < count; i += 2) {
    const Value& key = items[i];
    const Value& value = items[i + 1];
    if (!key.is_string()) {
      return fail(error, Kind::kType,
                  std::string("a key of a dict must be text, not ") + type_name(key));
    }
    if (!spend(budget, key, 2) || !spend(budget, value, 2)) return fail_limit(error);
    // As in Python, a key keeps its first place and its last value.
    const auto [place, fresh] = places.emplace(key.as_string(), pairs.size());
    if (fresh) {
      pairs.emplace_back(key.retained(), value.retained());
    } else {
      pairs[place->second].second = value.retained();
    }
  }
  if (pairs.size() > budget.items) return fail_limit(error);
  out = Value::object(std::move(pairs));
  return true;
}

}  // namespace pyforest::expression
