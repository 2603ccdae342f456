#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expression_board.h"

namespace {

using namespace fixture;

using Cases = std::vector<std::pair<const char*, const char*>>;

void check_results(const Cases& cases) {
  for (const auto& [text, wanted] : cases) CHECK_MESSAGE(result(text) == wanted, text);
}

}  // namespace

TEST_CASE("Expression: literals") {
  check_results({
      {"42", "42"},
      {"0x1F + 0b11 + 0o17", "49"},
      {"1_000", "1000"},
      {"1.", "1.0"},
      {".5", "0.5"},
      {"1_0.2_5e1_0 == 102500000000", "True"},
      {"1e-400", "0.0"},
      {"4e-324", "5e-324"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"True", "True"},
      {"[true, false, null]", "[True, False, None]"},
      {"'a' \"b\"  'c'", "'abc'"},
      {"'\\x41\\101\\u0042\\U0001F600\\n\\\\'", "'AAB\xF0\x9F\x98\x80\n\\'"},
      {"'\\\n'", "''"},
      {"[1, [], {}, 'x',]", "[1, [], {}, 'x']"},
      {"{'a': 1, 'b': 2, 'a': 3}", "{'a': 3, 'b': 2}"},
  });
}

TEST_CASE("Expression: names are keys of the blackboard") {
  check_results({
      {"n", "7"},
      {"robot.battery", "80"},
      {"bb['a-b'] + bb[\"n\"]", "8"},
      {"bb['robot.battery']", "80"},
      {"unknown", "missing"},
      {"unknown is None", "missing"},
      {"has('n')", "True"},
      {"has('unknown')", "False"},
      {"bb.get('unknown')", "None"},
      {"bb.get('unknown', n)", "7"},
      {"bb.get('n', 0)", "7"},
      {"bb.get('n', unknown)", "missing"},
      {"yes or unknown", "True"},
      {"1 if yes else unknown", "1"},
      {"not has('unknown') or unknown > 1", "True"},
  });
}

TEST_CASE("Expression: operators bind as in Python") {
  check_results({
      {"1 + 2 * 3", "7"},
      {"(1 + 2) * 3", "9"},
      {"10 - 3 - 2", "5"},
      {"-2 ** 2", "-4"},
      {"2 ** -1", "0.5"},
      {"2 ** 3 ** 2", "512"},
      {"not n == 8", "True"},
      {"not True or True", "True"},
      {"True or False and False", "True"},
      {"1 if 0 else 2 if 0 else 3", "3"},
      {"1 < n < 10", "True"},
      {"1 < n > 9", "False"},
      {"1 < 0 < unknown", "False"},
      {"n in [7] == True", "False"},
      {"3 - -1", "4"},
      {"+True", "1"},
      {"- - 3", "3"},
      {"(1 +\n 2)", "3"},
      {"1 + \\\n2", "3"},
      {"\n n # a comment\n", "7"},
  });
}

TEST_CASE("Expression: numbers") {
  check_results({
      {"7 // -2", "-4"},
      {"-7 % 3", "2"},
      {"7.5 % -2", "-0.5"},
      {"-7.5 // 2", "-4.0"},
      {"0.0 * -1", "-0.0"},
      {"n / 2", "3.5"},
      {"9007199254740993 / 1", "9007199254740992.0"},
      {"9223372036854775807 / 9007199254740993 == 1023.9999999999999", "True"},
      {"n / 0", "zero_division"},
      {"n % 0.0", "zero_division"},
      {"0 ** -1", "zero_division"},
      {"least // -1", "overflow"},
      {"least % -1", "0"},
      {"-least", "overflow"},
      {"abs(least)", "overflow"},
      {"most + 1", "overflow"},
      {"least - 1", "overflow"},
      {"most * 2", "overflow"},
      {"(-2) ** 63", "-9223372036854775808"},
      {"2 ** 63", "overflow"},
      {"1e308 * 10", "overflow"},
      {"(-8) ** 0.5", "value"},
      {"10.0 ** 400", "overflow"},
      {"True + True", "2"},
      {"n + yes", "8"},
      {"n + 'a'", "type"},
      {"-word", "type"},
      {"None + 1", "type"},
  });
}

TEST_CASE("Expression: comparisons") {
  check_results({
      {"1 == 1.0 == True", "True"},
      {"9007199254740993 == 9007199254740992.0", "False"},
      {"most < 9223372036854775808.0", "True"},
      {"'a' < 'b' <= 'b'", "True"},
      {"word > 'z'", "False"},
      {"'1' == 1", "False"},
      {"'1' < 1", "type"},
      {"None < 1", "type"},
      {"n < 'x'", "type"},
      {"n == None", "False"},
      {"[1, 2] < [1, 3]", "True"},
      {"{'a': 1} == {'a': 1.0}", "True"},
      {"nothing is None", "True"},
      {"n is not None", "True"},
      {"n in (1, 7)", "True"},
      {"n in ()", "False"},
      {"n not in (1, 2,)", "True"},
      {"n in (7)", "type"},
      {"'l' in word", "True"},
      {"'' in word", "True"},
      {"1 in word", "type"},
      {"'total' in order", "True"},
      {"1 in order", "False"},
      {"[] in order", "type"},
      {"[4] in items", "True"},
  });
}

TEST_CASE("Expression: subscripts and slices") {
  check_results({
      {"items[0]", "1"},
      {"items[-1][0]", "4"},
      {"items[True]", "2.5"},
      {"items[5]", "index"},
      {"items[1.0]", "type"},
      {"items['a']", "type"},
      {"word[1]", "'\xC3\xA9'"},
      {"word[1][0]", "'\xC3\xA9'"},
      {"word[-9]", "index"},
      {"word[1:3]", "'\xC3\xA9l'"},
      {"word[:-1]", "'h\xC3\xA9ll'"},
      {"word[3:1]", "''"},
      {"word[None:2]", "'h\xC3\xA9'"},
      {"items[1:][0]", "2.5"},
      {"items[most:]", "[]"},
      {"items[least:1]", "[1]"},
      {"items['a':]", "type"},
      {"order['total']", "1500"},
      {"order['x']", "key"},
      {"order[1]", "key"},
      {"order[[]]", "type"},
      {"n[0]", "type"},
      {"order[:1]", "type"},
  });
}

TEST_CASE("Expression: functions") {
  check_results({
      {"abs(-3) + abs(-2.5) + abs(True)", "6.5"},
      {"min(3, 1.0, 1)", "1.0"},
      {"max([1, 3, 2])", "3"},
      {"max([])", "value"},
      {"max(1, 'a')", "type"},
      {"min(3)", "type"},
      {"len(word) + len(items) + len(order)", "12"},
      {"len(3)", "type"},
      {"round(2.5)", "2"},
      {"round(-1.5)", "-2"},
      {"round(2.675, 2)", "2.67"},
      {"round(0.125, 2)", "0.12"},
      {"round(1234.5678, -2)", "1200.0"},
      {"round(25, -1)", "20"},
      {"round(-25, -1)", "-20"},
      {"round(15, -1)", "20"},
      {"round(most, -1)", "overflow"},
      {"round(7, -100)", "0"},
      {"round(1e300)", "overflow"},
      {"round(1.7e308, -308)", "overflow"},
      {"round(2.5, None)", "2"},
      {"round(2.5, 1.0)", "type"},
      {"int(' -1_2 ')", "-12"},
      {"int('9223372036854775808')", "overflow"},
      {"int('1.5')", "value"},
      {"int(-2.9)", "-2"},
      {"int(1e19)", "overflow"},
      {"int(None)", "type"},
      {"float('1e3')", "1000.0"},
      {"float('inf')", "value"},
      {"float('1e999')", "overflow"},
      {"float(yes)", "1.0"},
      {"str(1e16) + str(1.0) + str(None) + str(True) + str(1e-5)", "'1e+161.0NoneTrue1e-05'"},
      {"str([])", "type"},
      {"bool('') or bool([0])", "True"},
      {"sum([1, 2, 3])", "6"},
      {"sum([most, 1, -1])", "9223372036854775807"},
      {"sum([most, 1])", "overflow"},
      {"sum([1, 0.5], 10)", "11.5"},
      {"sum(['a'])", "type"},
      {"sum(items)", "type"},
      {"any([0, '', 1]) and all([])", "True"},
      {"any(3)", "type"},
      {"sorted([3, 1.5, True])", "[True, 1.5, 3]"},
      {"sorted(['b', 'a'])", "['a', 'b']"},
      {"sorted([1, 'a'])", "type"},
      {"sorted([[1]])", "type"},
  });
}

TEST_CASE("Expression: what is too large is refused") {
  check_results({
      {"len('ab' * 524288)", "1048576"},
      {"'ab' * 524289", "limit"},
      {"'a' * most", "limit"},
      {"'' * most", "''"},
      {"[1] * -5", "[]"},
      {"len([0] * 100000)", "100000"},
      {"[0] * 100001", "limit"},
      {"[[0] * 50000, [0] * 50001]", "limit"},
      {"['a' * 600000, 'b' * 600000]", "limit"},
      {"'a' * 1048576 + 'b'", "limit"},
  });
  Board board;
  board.set("deep", "[1]");
  int levels = 1;
  while (result(board, "[deep]") != "limit") {
    board.set("deep", "[deep]");
    ++levels;
  }
  CHECK(levels == kMaxResultDepth);
  // A small value that is large once written out.
  board.set("wide", "[1]");
  for (int i = 0; i < 15; ++i) board.set("wide", "[wide, wide]");
  CHECK(result(board, "[wide, wide]") == "limit");
}

TEST_CASE("Expression: common shapes are flagged") {
  Board board;
  Code code;
  Expression compiled;
  REQUIRE_FALSE(compile_expression("order_total > 1000", board, code, compiled));
  CHECK(compiled.is_compare);
  CHECK(compiled.compare_op == CompareOp::kGreater);
  CHECK(compiled.compare_constant.as_int() == 1000);
  CHECK(compiled.slot == board.slot_of("order_total"));
  CHECK(compiled.reads == std::vector<std::int32_t>{compiled.slot});
  REQUIRE_FALSE(compile_expression("10 * 100 >= order_total", board, code, compiled));
  CHECK(compiled.is_compare);
  CHECK(compiled.compare_op == CompareOp::kLessEqual);
  REQUIRE_FALSE(compile_expression("order_total", board, code, compiled));
  CHECK(compiled.is_slot);
  REQUIRE_FALSE(compile_expression("2 + 3 * len('abc')", board, code, compiled));
  CHECK(compiled.is_constant);
  CHECK(compiled.constant.as_int() == 11);
  CHECK(compiled.reads.empty());
  CHECK(code.instructions.empty());
  for (const char* text : {"1 / 0", "'a' * 100000", "[1] * 2"}) {
    REQUIRE_FALSE(compile_expression(text, board, code, compiled));
    CHECK_FALSE(compiled.is_constant);
    CHECK(compiled.reads.empty());
  }
  REQUIRE_FALSE(
      compile_expression("b + a + b > bb.get('c', 1) or has('d')", board, code, compiled));
  CHECK(compiled.reads.size() == 4);
}

TEST_CASE("Expression: a name wired to a constant is one") {
  Board board;
  board.wired["limit"] = Value::integer(1000);
  board.wired["place"] = Value::string("north");
  Code code;
  Expression compiled;
  REQUIRE_FALSE(compile_expression("total > limit", board, code, compiled));
  CHECK(compiled.is_compare);
  CHECK(compiled.reads.size() == 1);
  REQUIRE_FALSE(
      compile_expression("has('limit') and bb.get('place', 1) == place", board, code, compiled));
  CHECK(compiled.is_constant);
  CHECK(compiled.constant.as_bool());
  std::vector<Assignment> script;
  const auto error = compile_script("a = 1\nlimit = 2", board, code, script);
  REQUIRE(error.has_value());
  CHECK(error->offset == 6);
  CHECK(script.empty());
}

TEST_CASE("Expression: results outlive the values they came from") {
  const char* texts[] = {"word",           "[word, word]",       "items[2]",
                         "yes and word",   "items[2:][0]",       "min(word, 'zzzz')",
                         "{'k': items}",   "items + [word]",     "order['lines']",
                         "[items][0][4]",  "(items or [])[2]",   "(items[0:3] or items)[2]",
                         "bb.get('word')", "(word + '!')[0][0]", "bb.get('items', [1])[2]",
                         "word * 2",       "sorted([word])[0]",  "{'a': word}['a']"};
  for (const char* text : texts) {
    Value kept;
    std::string before;
    {
      Board board = sample();
      Code code;
      Expression compiled;
      REQUIRE_FALSE(compile_expression(text, board, code, compiled));
      Value value;
      EvalError error{};
      REQUIRE(evaluate(code, compiled, board.values.data(), value, error));
      board.values.clear();
      before = describe(value);  // the slots are gone, the code is not
      kept = value.retained();
    }
    CHECK_MESSAGE(describe(kept) == before, text);
  }
}
