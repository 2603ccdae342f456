#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "pyforest/json.h"

namespace {

using pyforest::JsonError;
using pyforest::JsonOptions;
using pyforest::JsonReader;
using pyforest::JsonResult;
using pyforest::JsonStep;
using pyforest::Value;

std::string write(const Value& value) {
  std::string out;
  pyforest::append_json(value, out);
  return out;
}

/// The text read and written again.
std::string rewritten(std::string_view text, const JsonOptions& options = {}) {
  Value value;
  JsonError error;
  const JsonResult result = pyforest::read_json(text, value, error, options);
  REQUIRE_MESSAGE(result == JsonResult::kRead, error.message);
  return write(value);
}

JsonError refusal(std::string_view text, const JsonOptions& options = {}) {
  Value value;
  JsonError error;
  REQUIRE_MESSAGE(pyforest::read_json(text, value, error, options) == JsonResult::kInvalid,
                  std::string(text));
  return error;
}

std::string message(std::string_view text, const JsonOptions& options = {}) {
  return refusal(text, options).message;
}

/// Counts events, and stops when it has seen `limit` of them.
struct Counter {
  std::size_t limit = SIZE_MAX;
  std::size_t events = 0;
  std::size_t depth = 0;
  std::size_t deepest = 0;

  JsonStep count() { return ++events > limit ? JsonStep::kStop : JsonStep::kContinue; }
  JsonStep begin() {
    deepest = std::max(deepest, ++depth);
    return count();
  }
  JsonStep end() {
    --depth;
    return count();
  }
  JsonStep on_null() { return count(); }
  JsonStep on_bool(bool) { return count(); }
  JsonStep on_int(std::int64_t) { return count(); }
  JsonStep on_float(double) { return count(); }
  JsonStep on_string(std::string_view) { return count(); }
  JsonStep key(std::string_view) { return count(); }
  JsonStep begin_array() { return begin(); }
  JsonStep end_array() { return end(); }
  JsonStep begin_object() { return begin(); }
  JsonStep end_object() { return end(); }
};

const JsonOptions kComments{.comments = true};

}  // namespace

TEST_CASE("json: every kind of value is read and written") {
  CHECK(rewritten("null") == "null");
  CHECK(rewritten(" true ") == "true");
  CHECK(rewritten("\tfalse\r\n") == "false");
  CHECK(rewritten("-12") == "-12");
  CHECK(rewritten("\"a\"") == "\"a\"");
  CHECK(rewritten("[ ]") == "[]");
  CHECK(rewritten("{ }") == "{}");
  CHECK(rewritten("[1, [2, {\"b\": [3]}], {\"a\": null, \"\": 1.5}]") ==
        "[1,[2,{\"b\":[3]}],{\"a\":null,\"\":1.5}]");
  CHECK(rewritten("\xEF\xBB\xBF[1]") == "[1]");
}

TEST_CASE("json: integers span 64 bits exactly") {
  CHECK(rewritten("9223372036854775807") == "9223372036854775807");
  CHECK(rewritten("-9223372036854775808") == "-9223372036854775808");
  CHECK(rewritten("999999999999999999") == "999999999999999999");
  CHECK(rewritten("-0") == "0");
  for (const char* text : {"9223372036854775808", "-9223372036854775809", "18446744073709551617",
                           "100000000000000000000000000000000000000000000000000"}) {
    CHECK(message(text).find("outside the 64-bit range") != std::string::npos);
  }
}

TEST_CASE("json: floats are read to the nearest and written as Python writes them") {
  CHECK(rewritten("1.0") == "1.0");
  CHECK(rewritten("-0.0") == "-0.0");
  CHECK(rewritten("1e2") == "100.0");
  CHECK(rewritten("1E+16") == "1e+16");
  CHECK(rewritten("9999999999999998.0") == "9999999999999998.0");
  CHECK(rewritten("123456.789e3") == "123456789.0");
  CHECK(rewritten("0.0001") == "0.0001");
  CHECK(rewritten("0.00001") == "1e-05");
  CHECK(rewritten("0.1") == "0.1");
  CHECK(rewritten("1.7976931348623157e308") == "1.7976931348623157e+308");
  CHECK(rewritten("5e-324") == "5e-324");
  CHECK(rewritten("2.2250738585072011e-308") == "2.225073858507201e-308");
}

TEST_CASE("json: a float that is too small is zero, one that is too large is refused") {
  CHECK(rewritten("1e-400") == "0.0");
  CHECK(rewritten("-1e-400") == "-0.0");
  CHECK(rewritten("1e-99999999999999999999999") == "0.0");
  CHECK(rewritten("0e99999999999999999999999") == "0.0");
  CHECK(rewritten("0." + std::string(400, '0') + "1e401") == "1.0");
  CHECK(rewritten("0." + std::string(400, '0') + "1") == "0.0");
  CHECK(rewritten("1" + std::string(400, '0') + "e-400") == "1.0");
  for (const std::string& text :
       {std::string("1e309"), std::string("-1e309"), std::string("1e99999999999999999999999"),
        "1" + std::string(400, '0') + ".0", "0." + std::string(400, '0') + "1e9999"}) {
    CHECK(message(text).find("too large for a 64-bit float") != std::string::npos);
  }
}

TEST_CASE("json: floats written read back as the same number") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t bits = random();
    double number = 0.0;
    std::memcpy(&number, &bits, sizeof number);
    if (!std::isfinite(number)) continue;
    const Value value = Value::number(number);
    Value again;
    JsonError error;
    REQUIRE(pyforest::read_json(write(value), again, error) == JsonResult::kRead);
    REQUIRE(pyforest::values_identical(value, again));
  }
}

TEST_CASE("json: malformed numbers are refused where they go wrong") {
  CHECK(refusal("01").offset == 0);
  CHECK(refusal("-").offset == 1);
  CHECK(refusal("1.").offset == 2);
  CHECK(refusal("1.e3").offset == 2);
  CHECK(refusal("1e").offset == 2);
  CHECK(refusal("1e+").offset == 3);
  CHECK(refusal("-a").message == "expected a digit after the minus sign; found `a`");
  CHECK(refusal("0x10").message == "expected the end of the text after the value; found `x10`");
  CHECK(refusal("+1").offset == 0);
  CHECK(refusal(".5").offset == 0);
  CHECK(message("[NaN]") == "expected a value; found `NaN` (a number must be finite)");
  CHECK(message("-Infinity") == "expected a digit after the minus sign; found `Infinity`");
}

TEST_CASE("json: escapes") {
  CHECK(rewritten(R"("\"\\\/\b\f\n\r\tA\u00e9\u20AC")") ==
        "\"\\\"\\\\/\\b\\f\\n\\r\\tA\xC3\xA9\xE2\x82\xAC\"");
  CHECK(rewritten(R"("\ud83d\ude00")") == "\"\xF0\x9F\x98\x80\"");
  CHECK(rewritten(R"("a\u0000b\u001f")") == R"("a\u0000b\u001f")");
  CHECK(rewritten("\"\x7F\"") == "\"\x7F\"");
  CHECK(rewritten("\"plain text long enough for words \\n and more of it\"") ==
        "\"plain text long enough for words \\n and more of it\"");
  CHECK(refusal(R"("\x")").offset == 1);
  CHECK(refusal(R"("\u12G4")").offset == 1);
  CHECK(refusal(R"("\u-123")").offset == 1);
  CHECK(refusal("\"\\").offset == 1);
  CHECK(refusal("\"\\u12").offset == 1);
  CHECK(message(R"("\ud800")") ==
        "`\\ud800` is half of a surrogate pair and has no second half after it");
  CHECK(message(R"("\ud800\u0041")").find("no second half") != std::string::npos);
  CHECK(message(R"("\ud800x")").find("no second half") != std::string::npos);
  CHECK(message(R"("\udc00")").find("no first half") != std::string::npos);
}

TEST_CASE("json: strings are valid UTF-8") {
  for (const char* good : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    const std::string text = std::string("\"") + good + good + "\"";
    CHECK(rewritten(text) == text);
  }
  for (const char* bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x80\x80", "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF", "\xF0\x9F\x98"}) {
    const std::string text = std::string("[\"a") + bad + "\"]";
    const JsonError error = refusal(text);
    CHECK(error.offset == 3);
    CHECK(error.message.find("must be valid UTF-8") != std::string::npos);
    CHECK(message(std::string("// ") + bad + "\n1", kComments).find("not valid UTF-8") !=
          std::string::npos);
  }
}

TEST_CASE("json: control characters have to be escaped") {
  CHECK(message(std::string("\"a\0b\"", 5)) ==
        "a string must not hold the control character U+0000; write it as `\\u0000`");
  CHECK(message("\"\t\"").find("U+0009") != std::string::npos);
  CHECK(message("[\n  \"abc\n\"]") ==
        "the string that began at line 2, column 3 does not end on its line (write \\n for a line "
        "break in a string)");
  CHECK(message("[\n  \"abc") == "the string that began at line 2, column 3 has no closing quote");
  CHECK(message(std::string("\0", 1)) == "expected a value; found the control character U+0000");
  CHECK(message("1\f").find("U+000c") != std::string::npos);
}

TEST_CASE("json: places count lines and code points") {
  JsonError error = refusal("{\n  \"\xC3\xA9\xE2\x82\xAC\": 1,\r\n  \"\xF0\x9F\x98\x80\" 2}");
  CHECK(error.line == 3);
  CHECK(error.column == 7);
  CHECK(error.offset == 26);
  error = refusal("\r\r[1}");
  CHECK(error.line == 3);
  CHECK(error.column == 3);
  error = refusal("\xEF\xBB\xBF[1}");
  CHECK(error.column == 3);
  CHECK(error.offset == 5);
}

TEST_CASE("json: messages say what was expected and what was found") {
  CHECK(message("[1}") == "expected a comma or `]` after an array item; found `}`");
  CHECK(message("[1 2]") == "expected a comma or `]` after an array item; found `2`");
  CHECK(message("{\"a\":1]") == "expected a comma or `}` after an object member; found `]`");
  CHECK(message("{\"a\" 1}") == "expected a colon after a key; found `1`");
  CHECK(message("{a:1}") == "expected a key in double quotes; found `a`");
  CHECK(message("[1,]") ==
        "expected a value after the comma; found `]` (JSON has no trailing commas)");
  CHECK(message("{\"a\":1, }") ==
        "expected a key after the comma; found `}` (JSON has no trailing commas)");
  CHECK(message("{\"a\":]") == "expected a value; found `]`");
  CHECK(message("[True]") == "expected a value; found `True` (write `true`)");
  CHECK(message("['a']") == "expected a value; found `'` (a string needs double quotes)");
  CHECK(message("[tru]") == "expected a value; found `tru`");
  CHECK(message("truely").find("found `ly`") != std::string::npos);
  CHECK(message("") == "expected a value; found the end of the text");
  CHECK(message("{} {}") == "expected the end of the text after the value; found `{`");
  CHECK(message("\xC3\xA9") == "expected a value; found `\xC3\xA9`");
  CHECK(message("\xFF") == "expected a value; found the byte 0xff, which is not UTF-8");
  CHECK(message("/* */ 1") == "expected a value; found `/` (comments are not allowed here)");
  for (const char* text : {"[", "[1", "[1,", "[ "}) {
    CHECK(message(text) == "the text ends inside the array that began at line 1, column 1");
  }
  for (const char* text : {"{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,"}) {
    CHECK(message(text) == "the text ends inside the object that began at line 1, column 1");
  }
}

TEST_CASE("json: a key must not occur twice in one object") {
  CHECK(message("{\"a\":1,\n\"a\":2}") ==
        "the object that began at line 1, column 1 has the key \"a\" twice");
  CHECK(refusal("{\"a\":{\"b\":1,\"b\":2},\"c\":1}").offset == 12);
  CHECK(refusal("{\"a\":1,\"\\u0061\":1}").offset == 7);
  CHECK(rewritten("[{\"a\":1},{\"a\":{\"a\":1}}]") == "[{\"a\":1},{\"a\":{\"a\":1}}]");
  const std::string key(100, 'k');
  CHECK(message("{\"" + key + "\":1,\"" + key + "\":2}").ends_with("has one key twice"));

  std::string large = "{";
  for (int i = 0; i < 200; ++i)
    large += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  CHECK(rewritten(large + "\"k200\":1}").ends_with("\"k200\":1}"));
  CHECK(refusal(large + "\"k150\":1}").offset == large.size());
}

TEST_CASE("json: comments and trailing commas when they are allowed") {
  CHECK(
      rewritten("// first\n{ /* a */ \"a\" /* b */ : // c\r 1, /**/ \"b\": [1, /* d */ ], } // end",
                kComments) == "{\"a\":1,\"b\":[1]}");
  CHECK(rewritten("/* * / ** */[]", kComments) == "[]");
  CHECK(rewritten("[/*\xE2\x82\xAC*/1//\n]//", kComments) == "[1]");
  CHECK(rewritten("\"/* no */ // comment\"", kComments) == "\"/* no */ // comment\"");
  CHECK(message("[,]", kComments) == "expected a value; found `,`");
  CHECK(message("[1,,]", kComments) == "expected a value; found `,`");
  CHECK(message("{,}", kComments) == "expected a key in double quotes; found `,`");
  CHECK(message("1,", kComments).find("expected the end of the text") != std::string::npos);
  CHECK(message("[1 /* x", kComments) ==
        "the comment that began at line 1, column 4 has no closing `*/`");
  CHECK(message("/*/", kComments).find("no closing") != std::string::npos);
  CHECK(message("[1 / 2]", kComments) == "expected `//` or `/*` to begin a comment");
}

TEST_CASE("json: limits") {
  CHECK(rewritten("[[[]]]", {.max_depth = 3}) == "[[[]]]");
  CHECK(refusal("[[[[]]]]", {.max_depth = 3}).offset == 3);
  CHECK(refusal("{\"a\":{}}", {.max_depth = 1}).offset == 5);
  CHECK(rewritten("1", {.max_depth = 0}) == "1");
  CHECK(rewritten("\"abc\"", {.max_string = 3}) == "\"abc\"");
  CHECK(refusal("[\"abcd\"]", {.max_string = 3}).offset == 1);
  CHECK(refusal("{\"abcd\":1}", {.max_string = 3}).offset == 1);
  CHECK(rewritten("\"\\u0061bc\"", {.max_string = 3}) == "\"abc\"");
  CHECK(refusal("\"\\u0061b\\u0063d\"", {.max_string = 3}).offset == 0);
  CHECK(message("[1,2]", {.max_bytes = 4}) == "the text has 5 bytes; at most 4 are allowed");
  CHECK(rewritten("[1,2]", {.max_bytes = 5}) == "[1,2]");
}

TEST_CASE("json: depth costs no stack") {
  constexpr std::size_t kDepth = 1'000'000;
  std::string text;
  for (std::size_t i = 0; i < kDepth; ++i) text += i % 2 == 0 ? "[" : "{\"a\":";
  text += "1";
  for (std::size_t i = kDepth; i-- > 0;) text += i % 2 == 0 ? "]" : "}";
  Counter counter;
  JsonReader<Counter> reader(text, {.max_depth = kDepth}, counter);
  CHECK(reader.read() == JsonResult::kRead);
  CHECK(counter.deepest == kDepth);
}

TEST_CASE("json: a handler stops the reader at every event") {
  const std::string text = R"({"a":[1,1.5,"x",true,null,{}],"b":[]})";
  Counter all;
  JsonReader<Counter> complete(text, {}, all);
  REQUIRE(complete.read() == JsonResult::kRead);
  REQUIRE(all.events == 15);
  for (std::size_t limit = 0; limit < all.events; ++limit) {
    Counter counter{.limit = limit};
    JsonReader<Counter> reader(text, {}, counter);
    CHECK(reader.read() == JsonResult::kStopped);
    CHECK(counter.events == limit + 1);
  }
}

TEST_CASE("json: damaged texts are read or refused, never mistaken") {
  const std::vector<std::string> seeds = {
      R"({"root":{"node_type":"Sequence","config":{"memory":true},"children":[{"node_type":"Wait"}]}})",
      R"([1,-2.5e-3,"\u00e9\ud83d\ude00\n",null,false,{"a":{"b":[[],{}]}}])",
      "// note\n{\"a\": [1, 2, /* x */], \"\xC3\xA9\": \"\xF0\x9F\x98\x80\",}",
  };
  const std::string alphabet = "{}[]\",:\\/*u0123456789eE+-.tfnaul \n\xC3\xA9\xED\xA0\x80\xFF";
  std::mt19937_64 random(7);
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int round = 0; round < 60'000; ++round) {
    std::string text = seeds[below(seeds.size())];
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
      const std::size_t at = below(text.size() + 1);
      switch (below(3)) {
        case 0:
          text.insert(at, 1, alphabet[below(alphabet.size())]);
          break;
        case 1:
          text.erase(at, 1 + below(4));
          break;
        default:
          if (at < text.size()) text[at] = alphabet[below(alphabet.size())];
          break;
      }
    }
    // In memory of just its size, so that a sanitizer sees any step too far.
    const std::vector<char> exact(text.begin(), text.end());
    const std::string_view view(exact.data(), exact.size());
    Value value;
    JsonError error;
    if (pyforest::read_json(view, value, error, {.comments = below(2) == 0}) == JsonResult::kRead) {
      const std::string once = write(value);
      REQUIRE(rewritten(once) == once);
    } else {
      REQUIRE(error.offset <= text.size());
      REQUIRE(error.line >= 1);
      REQUIRE(error.column >= 1);
      REQUIRE(!error.message.empty());
    }
  }
}
