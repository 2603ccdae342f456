// JSON text to and from values.
#include <array>
#include <charconv>
#include <memory>
#include <unordered_set>

#include "json_text.h"
#include "pyforest/json.h"

namespace pyforest {

namespace {

/// Builds a value out of a reader's events.
class ValueBuilder {
 public:
  JsonStep on_null() { return put(Value::null()); }
  JsonStep on_bool(bool b) { return put(Value::boolean(b)); }
  JsonStep on_int(std::int64_t i) { return put(Value::integer(i)); }
  JsonStep on_float(double d) { return put(Value::number(d)); }
  JsonStep on_string(std::string_view text) { return put(Value::string(text)); }

  JsonStep begin_array() { return begin(); }
  JsonStep begin_object() { return begin(); }

  JsonStep key(std::string_view text) {
    Frame& frame = frames_.back();
    Value name = Value::string(text);
    if (!add_key(frame, name.as_string())) return JsonStep::kDuplicateKey;
    return put(std::move(name));
  }

  JsonStep end_array() {
    const auto first = values_.begin() + static_cast<std::ptrdiff_t>(frames_.back().first);
    std::vector<Value> items(std::make_move_iterator(first),
                             std::make_move_iterator(values_.end()));
    values_.erase(first, values_.end());
    frames_.pop_back();
    return put(Value::array(std::move(items)));
  }

  JsonStep end_object() {
    const std::size_t first = frames_.back().first;
    std::vector<std::pair<Value, Value>> items;
    items.reserve((values_.size() - first) / 2);
    for (std::size_t i = first; i < values_.size(); i += 2) {
      items.emplace_back(std::move(values_[i]), std::move(values_[i + 1]));
    }
    values_.resize(first);
    frames_.pop_back();
    return put(Value::object(std::move(items)));
  }

  Value take() { return std::move(values_.front()); }

 private:
  struct Frame {
    std::size_t first;                                           ///< index in `values_`
    std::unique_ptr<std::unordered_set<std::string_view>> keys;  ///< of a large object
  };

  JsonStep put(Value value) {
    values_.push_back(std::move(value));
    return JsonStep::kContinue;
  }

  JsonStep begin() {
    frames_.push_back({values_.size(), nullptr});
    return JsonStep::kContinue;
  }

  bool add_key(Frame& frame, std::string_view name) const {
    constexpr std::size_t kScanned = 16;
    if (frame.keys != nullptr) return frame.keys->insert(name).second;
    for (std::size_t i = frame.first; i < values_.size(); i += 2) {
      if (values_[i].as_string() == name) return false;
    }
    if ((values_.size() - frame.first) / 2 >= kScanned) {
      frame.keys = std::make_unique<std::unordered_set<std::string_view>>();
      for (std::size_t i = frame.first; i < values_.size(); i += 2) {
        frame.keys->insert(values_[i].as_string());
      }
      frame.keys->insert(name);
    }
    return true;
  }

  std::vector<Value> values_;  ///< the items, and the keys and items in turn, of open containers
  std::vector<Frame> frames_;
};

/// A container that is being written.
struct WriteFrame {
  const Value* value;
  std::size_t next;
};

}  // namespace

JsonResult read_json(std::string_view text, Value& out, JsonError& error,
                     const JsonOptions& options) {
  ValueBuilder builder;
  JsonReader<ValueBuilder> reader(text, options, builder);
  const JsonResult result = reader.read();
  if (result == JsonResult::kRead) {
    out = builder.take();
  } else {
    error = reader.error();
  }
  return result;
}

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* chunk = at;
  while ((at = find_special_byte(at, end)) != end) {
    const auto byte = static_cast<unsigned char>(*at++);
    if (byte >= 0x80) continue;
    out.append(chunk, at - 1);
    chunk = at;
    constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
    constexpr std::string_view kLetters = "\"\\bfnrt";
    out += '\\';
    if (const auto i = kShort.find(static_cast<char>(byte)); i != std::string_view::npos) {
      out += kLetters[i];
    } else {
      out += "u00";
      out += static_cast<char>('0' + (byte >> 4));
      out += "0123456789abcdef"[byte & 15];
    }
  }
  out.append(chunk, end);
  out += '"';
}

void append_json_int(std::int64_t number, std::string& out) {
  std::array<char, 24> buffer;
  out.append(buffer.data(), std::to_chars(buffer.begin(), buffer.end(), number).ptr);
}

void append_json_float(double number, std::string& out) {
  std::array<char, 32> buffer;
  char* end =
      std::to_chars(buffer.begin(), buffer.end(), number, std::chars_format::scientific).ptr;
  std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  if (text.front() == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  const std::size_t mark = text.find('e');
  int exponent = 0;
  const char* power = text.data() + mark + (text[mark + 1] == '+' ? 2 : 1);
  std::from_chars(power, text.data() + text.size(), exponent);
  if (exponent < -4 || exponent >= 16) {
    // The scientific form has Python's layout already: a sign and two digits at least.
    out += text;
    return;
  }
  const char lead = text.front();
  const std::string_view rest = mark > 1 ? text.substr(2, mark - 2) : std::string_view();
  if (exponent < 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-exponent - 1), '0');
    out += lead;
    out += rest;
    return;
  }
  const auto whole = static_cast<std::size_t>(exponent);
  out += lead;
  out += rest.substr(0, whole);
  if (rest.size() <= whole) {
    out.append(whole - rest.size(), '0');
    out += ".0";
  } else {
    out += '.';
    out += rest.substr(whole);
  }
}

void append_json(const Value& value, std::string& out) {
  std::vector<WriteFrame> frames;
  const Value* current = &value;
  for (;;) {
    switch (current->tag()) {
      case ValueTag::kMissing:
      case ValueTag::kNull:
        out += "null";
        break;
      case ValueTag::kBool:
        out += current->as_bool() ? "true" : "false";
        break;
      case ValueTag::kInt:
        append_json_int(current->as_int(), out);
        break;
      case ValueTag::kFloat:
        append_json_float(current->as_float(), out);
        break;
      case ValueTag::kString:
        append_json_string(current->as_string(), out);
        break;
      case ValueTag::kArray:
        out += '[';
        frames.push_back({current, 0});
        break;
      case ValueTag::kObject:
        out += '{';
        frames.push_back({current, 0});
        break;
    }
    // On to the next item, out of every container that has no more.
    for (;;) {
      if (frames.empty()) return;
      WriteFrame& frame = frames.back();
      const std::size_t i = frame.next++;
      if (frame.value->is_array()) {
        const auto& items = frame.value->as_array();
        if (i < items.size()) {
          if (i > 0) out += ',';
          current = &items[i];
          break;
        }
        out += ']';
      } else {
        const auto& items = frame.value->as_object();
        if (i < items.size()) {
          if (i > 0) out += ',';
          append_json_string(items[i].first.as_string(), out);
          out += ':';
          current = &items[i].second;
          break;
        }
        out += '}';
      }
      frames.pop_back();
    }
  }
}

}  // namespace pyforest
