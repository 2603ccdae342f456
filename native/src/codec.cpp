#include "pyforest/codec.h"

#include <cmath>

#include "pyforest/random.h"

namespace pyforest {

namespace {

constexpr int kMaxDepth = 80;

enum Code : std::uint8_t {
  kMissing = 0,
  kNull = 1,
  kFalse = 2,
  kTrue = 3,
  kInt = 4,
  kFloat = 5,
  kString = 6,
  kArray = 7,
  kObject = 8,
  kWholeFloat = 9,  // a float without a fraction: prices and counts are mostly whole
};

}  // namespace

void ByteWriter::value(const Value& v) {
  switch (v.tag()) {
    case ValueTag::kMissing:
      byte(kMissing);
      break;
    case ValueTag::kNull:
      byte(kNull);
      break;
    case ValueTag::kBool:
      byte(v.as_bool() ? kTrue : kFalse);
      break;
    case ValueTag::kInt:
      byte(kInt);
      zigzag(v.as_int());
      break;
    case ValueTag::kFloat: {
      const double d = v.as_float();
      const auto whole = static_cast<std::int64_t>(std::abs(d) < 1e6 ? d : 0.5);
      if (static_cast<double>(whole) == d && !(d == 0.0 && std::signbit(d)) && std::abs(d) < 1e6) {
        byte(kWholeFloat);
        zigzag(whole);
      } else {
        byte(kFloat);
        raw(&d, sizeof d);
      }
      break;
    }
    case ValueTag::kString:
      byte(kString);
      text(v.as_string());
      break;
    case ValueTag::kArray:
      byte(kArray);
      varint(v.as_array().size());
      for (const Value& item : v.as_array()) value(item);
      break;
    case ValueTag::kObject:
      byte(kObject);
      varint(v.as_object().size());
      for (const auto& [key, item] : v.as_object()) {
        text(key.as_string());
        value(item);
      }
      break;
  }
}

namespace {

// The well-formed sequences of Unicode's table 3-7: no overlong form, no surrogate, nothing past
// U+10FFFF.
bool is_utf8(std::string_view text) noexcept {
  auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto follows = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && at(i) >= low && at(i) <= high;
  };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = at(i);
    if (lead < 0x80) {
      ++i;
    } else if (lead >= 0xC2 && lead <= 0xDF && follows(i + 1, 0x80, 0xBF)) {
      i += 2;
    } else if (lead >= 0xE0 && lead <= 0xEF &&
               follows(i + 1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) &&
               follows(i + 2, 0x80, 0xBF)) {
      i += 3;
    } else if (lead >= 0xF0 && lead <= 0xF4 &&
               follows(i + 1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) &&
               follows(i + 2, 0x80, 0xBF) && follows(i + 3, 0x80, 0xBF)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string_view ByteReader::text() {
  const std::string_view out = bytes();
  if (!is_utf8(out)) throw DecodeError("a text is not UTF-8");
  return out;
}

Value ByteReader::value(int depth) {
  if (depth > kMaxDepth) throw DecodeError("a value is nested too deep");
  switch (byte()) {
    case kMissing:
      return {};
    case kNull:
      return Value::null();
    case kFalse:
      return Value::boolean(false);
    case kTrue:
      return Value::boolean(true);
    case kInt:
      return Value::integer(zigzag());
    case kWholeFloat:
      return Value::number(static_cast<double>(zigzag()));
    case kFloat: {
      double d = 0;
      raw(&d, sizeof d);
      if (!std::isfinite(d)) throw DecodeError("a number is not finite");
      return Value::number(d);
    }
    case kString:
      return Value::string(text());
    case kArray: {
      std::vector<Value> items(count());
      for (Value& item : items) item = value(depth + 1);
      return Value::array(std::move(items));
    }
    case kObject: {
      std::vector<std::pair<Value, Value>> items(count());
      for (auto& [key, item] : items) {
        key = Value::string(text());
        item = value(depth + 1);
      }
      return Value::object(std::move(items));
    }
    default:
      throw DecodeError("a value has an unknown type");
  }
}

std::uint64_t checksum(std::string_view bytes) noexcept {
  std::uint64_t sum = mix64(bytes.size());
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, 8);
    sum = (sum ^ word) * 0x9E3779B97F4A7C15ULL;
    sum ^= sum >> 32U;
  }
  std::uint64_t last = 0;
  // Nothing to copy from an empty view, whose data may be null.
  if (i < bytes.size()) std::memcpy(&last, bytes.data() + i, bytes.size() - i);
  return mix64(sum ^ last);
}

}  // namespace pyforest
