// Strict JSON (RFC 8259) and JSON with comments, read and written without recursion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pyforest/value.h"

namespace pyforest {

/// Containers inside one another that a blackboard value may have.
inline constexpr std::size_t kMaxValueDepth = 64;

struct JsonOptions {
  bool comments = false;                           ///< allow `//`, `/* */` and trailing commas
  std::size_t max_depth = 4096;                    ///< containers inside one another
  std::size_t max_string = std::size_t{1} << 20;   ///< UTF-8 bytes of one decoded string or key
  std::size_t max_bytes = std::size_t{512} << 20;  ///< UTF-8 bytes of the whole text
};

/// Why a text is not JSON, and where.
struct JsonError {
  std::string message;     ///< a sentence without its place
  std::size_t line = 0;    ///< from 1
  std::size_t column = 0;  ///< from 1, in code points; a byte order mark does not count
  std::size_t offset = 0;  ///< from 0, in bytes
};

/// The line and column of a byte offset of a text.
JsonError json_error_at(std::string_view text, std::size_t offset, std::string message);

/// What a handler answers to each event.
enum class JsonStep : std::uint8_t {
  kContinue,
  kDuplicateKey,  ///< the object has this key already: said of the key or of the member's value
  kStop,          ///< the handler failed; it knows why
};

enum class JsonResult : std::uint8_t {
  kRead,
  kInvalid,  ///< see `error`
  kStopped,  ///< a handler answered `kStop`
};

/// The tokens of a JSON text; the part of the reader that does not depend on its handler.
class JsonLexer {
 public:
  JsonLexer(std::string_view text, const JsonOptions& options)
      : text_(text), at_(text.data()), end_(text.data() + text.size()), options_(options) {}

  const JsonError& error() const noexcept { return error_; }

 protected:
  struct Frame {
    std::size_t start;  ///< offset of the opening bracket
    std::size_t key;    ///< offset of the latest key
    bool object;
  };
  enum class Number : std::uint8_t { kInvalid, kInt, kFloat };

  /// The next byte, or NUL at the end: no token begins with NUL.
  char peek() const noexcept { return at_ < end_ ? *at_ : '\0'; }
  std::size_t offset_of(const char* place) const noexcept {
    return static_cast<std::size_t>(place - text_.data());
  }

  bool begin();
  bool skip_space() {
    // Indentation is most of a text written for people.
    while (end_ - at_ >= 8 && std::memcmp(at_, "        ", 8) == 0) at_ += 8;
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    return !options_.comments || peek() != '/' || skip_comments();
  }
  /// Reads the string whose opening quote is next. `out` is good until the next call.
  bool scan_string(std::string_view& out);
  Number scan_number(std::int64_t& integer, double& number);
  bool scan_word(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() ||
        std::memcmp(at_, word.data(), word.size()) != 0) {
      return fail_value();
    }
    at_ += word.size();
    return true;
  }
  bool open(bool object) {
    if (frames_.size() >= options_.max_depth) return fail_depth();
    frames_.push_back({offset_of(at_), 0, object});
    ++at_;
    return true;
  }

  bool fail(const char* place, std::string message);
  bool fail_value();
  bool fail_key();
  bool fail_colon();
  bool fail_after_item();
  bool fail_after_document();
  bool fail_duplicate();

  std::string_view text_;
  const char* at_;
  const char* end_;
  const JsonOptions options_;
  std::vector<Frame> frames_;

 private:
  bool skip_comments();
  bool scan_escape();
  bool scan_hex(const char* place, std::uint32_t& unit);
  bool fail_depth();
  bool fail_string_length(const char* quote);
  bool fail_string_byte(const char* quote);
  bool fail_text_ends();
  std::string found() const;
  std::string place_of(const char* place) const;
  bool after_comma() const noexcept;

  std::string scratch_;  ///< the latest string that had escapes
  JsonError error_;
};

/// Reads one JSON text and tells a handler about it, which has these members, all of which answer
/// a `JsonStep`: on_null(), on_bool(bool), on_int(std::int64_t), on_float(double),
/// on_string(std::string_view), begin_array(), end_array(), begin_object(), key(std::string_view),
/// end_object(). The texts handed over are valid UTF-8 and good during the call only.
template <class Handler>
class JsonReader : private JsonLexer {
 public:
  JsonReader(std::string_view text, const JsonOptions& options, Handler& handler)
      : JsonLexer(text, options), handler_(handler) {}

  using JsonLexer::error;

  JsonResult read() {
    if (!begin()) return JsonResult::kInvalid;
    for (;;) {
      JsonStep step = JsonStep::kContinue;
      switch (value(step)) {
        case Next::kInvalid:
          return JsonResult::kInvalid;
        case Next::kValue:
          if (step != JsonStep::kContinue) return refuse(step);
          continue;
        case Next::kEnd:
          break;
      }
      // One value is complete, and with it perhaps some of the containers around it.
      Next next = Next::kEnd;
      while (next == Next::kEnd) {
        if (step != JsonStep::kContinue) return refuse(step);
        if (!skip_space()) return JsonResult::kInvalid;
        if (frames_.empty()) {
          if (at_ == end_) return JsonResult::kRead;
          fail_after_document();
          return JsonResult::kInvalid;
        }
        next = frames_.back().object ? after_member(step) : after_item(step);
      }
      if (next == Next::kInvalid) return JsonResult::kInvalid;
      if (step != JsonStep::kContinue) return refuse(step);
    }
  }

 private:
  enum class Next : std::uint8_t {
    kInvalid,
    kValue,  ///< a value has to follow
    kEnd,    ///< a value is complete
  };

  Next value(JsonStep& step) {
    if (!skip_space()) return Next::kInvalid;
    switch (peek()) {
      case '{':
        if (!open(true)) return Next::kInvalid;
        step = handler_.begin_object();
        if (step != JsonStep::kContinue) return Next::kValue;
        if (!skip_space()) return Next::kInvalid;
        return peek() == '}' ? close(step) : key(step);
      case '[':
        if (!open(false)) return Next::kInvalid;
        step = handler_.begin_array();
        if (step != JsonStep::kContinue) return Next::kValue;
        if (!skip_space()) return Next::kInvalid;
        return peek() == ']' ? close(step) : Next::kValue;
      case '"': {
        std::string_view text;
        if (!scan_string(text)) return Next::kInvalid;
        step = handler_.on_string(text);
        return Next::kEnd;
      }
      case 't':
        if (!scan_word("true")) return Next::kInvalid;
        step = handler_.on_bool(true);
        return Next::kEnd;
      case 'f':
        if (!scan_word("false")) return Next::kInvalid;
        step = handler_.on_bool(false);
        return Next::kEnd;
      case 'n':
        if (!scan_word("null")) return Next::kInvalid;
        step = handler_.on_null();
        return Next::kEnd;
      default:
        return number(step);
    }
  }

  Next number(JsonStep& step) {
    const char c = peek();
    if (c != '-' && (c < '0' || c > '9')) {
      fail_value();
      return Next::kInvalid;
    }
    std::int64_t integer = 0;
    double real = 0.0;
    switch (scan_number(integer, real)) {
      case Number::kInt:
        step = handler_.on_int(integer);
        return Next::kEnd;
      case Number::kFloat:
        step = handler_.on_float(real);
        return Next::kEnd;
      case Number::kInvalid:
        break;
    }
    return Next::kInvalid;
  }

  Next key(JsonStep& step) {
    if (peek() != '"') {
      fail_key();
      return Next::kInvalid;
    }
    frames_.back().key = offset_of(at_);
    std::string_view text;
    if (!scan_string(text)) return Next::kInvalid;
    step = handler_.key(text);
    if (step != JsonStep::kContinue) return Next::kValue;
    if (!skip_space()) return Next::kInvalid;
    if (peek() != ':') {
      fail_colon();
      return Next::kInvalid;
    }
    ++at_;
    return Next::kValue;
  }

  Next after_member(JsonStep& step) {
    if (peek() == '}') return close(step);
    if (peek() != ',') {
      fail_after_item();
      return Next::kInvalid;
    }
    ++at_;
    if (!skip_space()) return Next::kInvalid;
    return options_.comments && peek() == '}' ? close(step) : key(step);
  }

  Next after_item(JsonStep& step) {
    if (peek() == ']') return close(step);
    if (peek() != ',') {
      fail_after_item();
      return Next::kInvalid;
    }
    ++at_;
    if (!options_.comments) return Next::kValue;
    if (!skip_space()) return Next::kInvalid;
    return peek() == ']' ? close(step) : Next::kValue;
  }

  Next close(JsonStep& step) {
    ++at_;
    const bool object = frames_.back().object;
    frames_.pop_back();
    step = object ? handler_.end_object() : handler_.end_array();
    return Next::kEnd;
  }

  JsonResult refuse(JsonStep step) {
    if (step == JsonStep::kStop) return JsonResult::kStopped;
    fail_duplicate();
    return JsonResult::kInvalid;
  }

  Handler& handler_;
};

/// Reads a text into a value. `options.max_depth` bounds the recursion of the value's destructor.
JsonResult read_json(std::string_view text, Value& out, JsonError& error,
                     const JsonOptions& options = {.max_depth = kMaxValueDepth});

/// Appends `text`, which must be valid UTF-8, in quotes; only what JSON demands is escaped.
void append_json_string(std::string_view text, std::string& out);
void append_json_int(std::int64_t number, std::string& out);
/// Appends a finite number in the fewest digits that read back as the same one, laid out as Python
/// does: 1.0, 1e+16, 1e-05.
void append_json_float(double number, std::string& out);
/// Appends a value in compact form, the keys of its objects in their order.
void append_json(const Value& value, std::string& out);

}  // namespace pyforest
