#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expression_board.h"

namespace {

using namespace fixture;

ExpressionError error_of(std::string_view text) {
  Board board;
  Code code;
  Expression compiled;
  auto error = compile_expression(text, board, code, compiled);
  REQUIRE_MESSAGE(error.has_value(), text);
  CHECK(code.instructions.empty());
  CHECK(code.constants.empty());
  return *error;
}

ExpressionError script_error_of(std::string_view text) {
  Board board;
  Code code;
  std::vector<Assignment> script;
  auto error = compile_script(text, board, code, script);
  REQUIRE_MESSAGE(error.has_value(), text);
  CHECK(script.empty());
  CHECK(code.instructions.empty());
  return *error;
}

}  // namespace

TEST_CASE("Expression: errors name the place and what to write instead") {
  struct Case {
    const char* text;
    std::size_t offset;
    const char* suggestion;
  };
  const Case cases[] = {
      {"a && b", 2, "and"},
      {"a || b", 2, "or"},
      {"!a", 0, "not "},
      {"a = 1", 2, "=="},
      {"a === 1", 2, "=="},
      {"a <> 1", 2, "!="},
      {"a AND b", 2, "and"},
      {"lne(a)", 0, "len"},
      {"Abs(a)", 0, "abs"},
      {"exists('a')", 0, "has"},
      {"x is True", 2, "=="},
      {"x is not 1", 2, "!="},
      {"a \xE2\x89\xA5 b", 2, ">="},
      {"1 + not a", 4, "("},
      {"(1, 2)", 0, "["},
      {"{1}", 0, "["},
      {"class", 0, "bb[\"class\"]"},
      {"bb.x", 0, "x"},
      {"a ^ 2", 2, "**"},
      {"a => 2", 2, ">="},
      {"012", 0, "12"},
      {"'a", 0, "'"},
      {"(a", 2, ")"},
      {"a\nb", 1, "("},
      {"a not b", 2, "not in"},
      {"bb[key]", 3, "\"key\""},
      {"f'x'", 0, "'"},
      {"a if b", 6, "else"},
      {"'\\d'", 1, "\\\\"},
      {"'\xC3\xA9' && 1", 5, "and"},
      {"", 0, ""},
      {"a +", 3, ""},
      {"a.b()", 0, ""},
      {"a[0].b", 4, ""},
      {"lambda: 1", 0, ""},
      {"[x for x in y]", 3, ""},
      {"a[::2]", 3, ""},
      {"a[]", 2, ""},
      {"1j", 0, ""},
      {"1e999", 0, ""},
      {"9223372036854775808", 0, ""},
      {"'\\ud800'", 1, ""},
      {"round(1, ndigits=2)", 16, ""},
      {"abs(1, 2)", 0, ""},
      {"a ? b : c", 2, ""},
      {"$a", 0, ""},
      {"a b", 2, ""},
      {"a; b", 1, ""},
      {"x in (1, 2)[0]", 11, "["},
      {"1(2)", 1, ""},
      {"bb['1']", 3, ""},
      {"'\xFF'", 0, ""},
      {"a := 1", 2, ""},
      {"a += 1", 2, ""},
  };
  for (const Case& c : cases) {
    const ExpressionError error = error_of(c.text);
    CHECK_MESSAGE(error.offset == c.offset, c.text);
    CHECK_MESSAGE(error.suggestion == c.suggestion, c.text);
    CHECK_MESSAGE(!error.message.empty(), c.text);
  }
}

TEST_CASE("Expression: an error leaves the code of others alone") {
  Board board;
  Code code;
  Expression compiled;
  REQUIRE_FALSE(compile_expression("a + 1.5", board, code, compiled));
  const std::size_t instructions = code.instructions.size();
  const std::size_t constants = code.constants.size();
  std::string wide = "[";
  for (int i = 0; i < 257; ++i) wide += "a + 2.5,";
  Expression other;
  CHECK(compile_expression(wide + "]", board, code, other).has_value());
  std::vector<Assignment> script;
  CHECK(compile_script("a = b + 1.5\nc = " + wide + "]", board, code, script).has_value());
  CHECK(code.instructions.size() == instructions);
  CHECK(code.constants.size() == constants);
}

TEST_CASE("Expression: nesting and length are bounded") {
  const auto nested = [](const char* open, std::size_t count, const char* inner,
                         const char* close) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += open;
    text += inner;
    for (std::size_t i = 0; i < count; ++i) text += close;
    return text;
  };
  Board board = sample();
  CHECK(result(board, nested("(", 200, "n", ")")) == "7");
  CHECK(result(board, nested("abs(", 200, "-n", ")")).starts_with("syntax"));
  CHECK(result(board, nested("abs(", 199, "-n", ")")) == "7");
  CHECK(result(board, nested("1+(", 200, "n", ")")) == "207");
  CHECK(result(board, nested("not ", 200, "n", "")) == "True");
  for (const char* open : {"(", "[", "{'a':", "not ", "-", "2**", "1 if 1 else ", "a[", "abs("}) {
    CHECK_MESSAGE(result(board, nested(open, 201, "1", "")).starts_with("syntax"), open);
    CHECK_MESSAGE(result(board, nested(open, 5000, "1", "")).starts_with("syntax"), open);
  }
  CHECK(result(board, nested("n + ", 15000, "1", "")) == "105001");
  CHECK(result(board, nested("yes and ", 8000, "n", "")) == "7");
  CHECK(result(board, nested("n <= ", 8000, "n", "")) == "True");
  CHECK(result(board, nested("1, ", 0, std::string(kMaxExpressionText, ' ').c_str(), ""))
            .starts_with("syntax"));
  CHECK(error_of(std::string(kMaxExpressionText, '1') + "1").message.find("64 KiB") !=
        std::string::npos);
}

TEST_CASE("Expression: scripts") {
  Board board = sample();
  Code code;
  std::vector<Assignment> script;
  REQUIRE_FALSE(
      compile_script("a = n; b = a * 2  # twice\n\nb += a\nbb['c-d'] = [a,\n b];"
                     "robot.battery //= 3 + 1; n **= 2",
                     board, code, script));
  REQUIRE(script.size() == 6);
  CHECK(script[3].name == "c-d");
  for (const Assignment& assignment : script) {
    Value value;
    EvalError error{};
    REQUIRE(evaluate(code, assignment.value, board.values.data(), value, error));
    board.values[static_cast<std::size_t>(assignment.slot)] = value.retained();
  }
  CHECK(result(board, "[a, b, bb['c-d'], robot.battery, n]") == "[7, 21, [7, 21], 20, 49]");
  CHECK(script_error_of("a == 1").suggestion == "=");
  CHECK(script_error_of("a").offset == 1);
  CHECK(script_error_of("a = b = 1").offset == 6);
  CHECK(script_error_of("a = 1 b = 2").offset == 6);
  CHECK(script_error_of("a[0] = 1").offset == 1);
  CHECK(script_error_of("a, b = 1").offset == 1);
  CHECK(script_error_of("bb.a = 1").suggestion == "a");
  CHECK(script_error_of("True = 1").offset == 0);
  CHECK(script_error_of("if a: b = 1").offset == 0);
  CHECK(script_error_of(" # nothing").offset == 0);
  CHECK(script_error_of("a = 1\nb = (\nc").offset == 13);
}

TEST_CASE("Expression: the parts of an expression") {
  Board board = sample();
  Code code;
  std::vector<ExpressionPart> parts;
  const std::string_view text = "n > 5 and (order['total'] < 10 or n > 5) and not has('y')";
  REQUIRE_FALSE(compile_expression_parts(text, board, code, parts));
  std::string shown;
  for (const ExpressionPart& part : parts) {
    Value value;
    EvalError error{};
    REQUIRE(evaluate(code, part.value, board.values.data(), value, error));
    shown += std::string(text.substr(part.begin, part.end - part.begin)) + " -> " +
             describe(value) + "\n";
  }
  CHECK(shown ==
        "n -> 7\nn > 5 -> True\norder -> {'total': 1500, 'lines': [1]}\norder['total'] -> 1500\n"
        "order['total'] < 10 -> False\nhas('y') -> False\n" +
            std::string(text) + " -> True\n");
  CHECK(compile_expression_parts("n >", board, code, parts).has_value());
}

TEST_CASE("Expression: random bytes never do harm") {
  std::mt19937 random(7);
  const auto below = [&random](std::size_t n) { return random() % n; };
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const std::size_t size = below(40);
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(below(256));
    Board board = sample();
    (void)result(board, text);
  }
}

TEST_CASE("Expression: random tokens never do harm") {
  std::mt19937 random(11);
  const auto below = [&random](std::size_t n) { return random() % n; };
  const std::vector<std::string> tokens = {
      "n",    "x",      "word",    "items", "order", "unknown", "1",      "0",    "-1",   "2.5",
      "'a'",  "''",     "True",    "None",  "(",     ")",       "[",      "]",    "{",    "}",
      ",",    ":",      "+",       "-",     "*",     "/",       "//",     "%",    "**",   "<",
      "<=",   "==",     "!=",      "in",    "not",   "is",      "and",    "or",   "if",   "else",
      "has(", "bb[",    "bb.get(", "abs(",  "len(",  "min(",    "round(", "str(", "sum(", "sorted(",
      "=",    ";",      "\n",      "#",     "most",  "least",   "'a':",   "x)",   "]]",   "**2",
      "for",  "lambda", "\\",      "&&",    "."};
  int good = 0;
  for (int round = 0; round < 40'000; ++round) {
    std::string text;
    const std::size_t size = 1 + below(9);
    for (std::size_t i = 0; i < size; ++i) text += tokens[below(tokens.size())] + " ";
    Board board = sample();
    good += result(board, text).starts_with("syntax") ? 0 : 1;
    Code code;
    std::vector<Assignment> script;
    (void)compile_script("a = " + text, board, code, script);
    std::vector<ExpressionPart> parts;
    (void)compile_expression_parts(text, board, code, parts);
  }
  CHECK(good > 500);
}
