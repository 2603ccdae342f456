#include <limits>
#include <random>

#include "fixture.h"

using fixture::value_of;
using pyforest::describe;
using pyforest::Order;
using pyforest::Value;

namespace {

Order order(const char* a, const char* b) {
  return pyforest::compare_values(value_of(a), value_of(b));
}

bool equal(const char* a, const char* b) {
  const bool forth = pyforest::values_equal(value_of(a), value_of(b));
  CHECK(forth == pyforest::values_equal(value_of(b), value_of(a)));
  return forth;
}

bool identical(const char* a, const char* b) {
  return pyforest::values_identical(value_of(a), value_of(b));
}

}  // namespace

TEST_CASE("equality is Python's") {
  CHECK(equal("1", "1.0"));
  CHECK(equal("true", "1"));
  CHECK(equal("0.0", "false"));
  CHECK(equal("-0.0", "0"));
  CHECK(equal("null", "null"));
  CHECK_FALSE(equal("null", "0"));
  CHECK_FALSE(equal("null", "false"));
  CHECK_FALSE(equal("'1'", "1"));
  CHECK_FALSE(equal("[]", "{}"));
  CHECK(equal("[1, [2]]", "[1.0, [true, 2]]") == false);
  CHECK(equal("[1, [2]]", "[1.0, [2.0]]"));
  CHECK_FALSE(equal("[1]", "[1, 2]"));
  CHECK(equal("{'a': 1, 'b': 2}", "{'b': 2.0, 'a': true}"));
  CHECK_FALSE(equal("{'a': 1}", "{'b': 1}"));
  CHECK_FALSE(equal("{'a': 1}", "{'a': 1, 'b': 1}"));
}

TEST_CASE("integers and floats are compared by value, not by a rounded double") {
  CHECK_FALSE(equal("9007199254740993", "9007199254740992.0"));
  CHECK(equal("9007199254740992", "9007199254740992.0"));
  CHECK_FALSE(equal("9223372036854775807", "9223372036854775808.0"));
  CHECK(equal("-9223372036854775808", "-9223372036854775808.0"));
  CHECK(order("9223372036854775807", "1e19") == Order::kLess);
  CHECK(order("-9223372036854775808", "-1e19") == Order::kGreater);
  CHECK(order("1e19", "9223372036854775807") == Order::kGreater);
  CHECK(order("1", "1.5") == Order::kLess);
  CHECK(order("-1", "-1.5") == Order::kGreater);
  CHECK(order("2", "1.5") == Order::kGreater);
  CHECK(order("1.5", "2") == Order::kLess);
}

TEST_CASE("order is Python's, and unordered where Python would raise") {
  CHECK(order("1", "2") == Order::kLess);
  CHECK(order("2.5", "2.25") == Order::kGreater);
  CHECK(order("2.5", "2.5") == Order::kEqual);
  CHECK(order("true", "2") == Order::kLess);
  CHECK(order("'a'", "'b'") == Order::kLess);
  CHECK(order("'b'", "'abc'") == Order::kGreater);
  CHECK(order("'ä'", "'z'") == Order::kGreater);
  CHECK(order("'a'", "'a'") == Order::kEqual);
  CHECK(order("[1, 2]", "[1, 3]") == Order::kLess);
  CHECK(order("[1, 2]", "[1]") == Order::kGreater);
  CHECK(order("[1]", "[1, 2]") == Order::kLess);
  CHECK(order("[1, 'a']", "[1, 2]") == Order::kUnordered);
  CHECK(order("[2, 'a']", "[1, 2]") == Order::kGreater);
  CHECK(order("[1]", "[1.0]") == Order::kEqual);
  CHECK(order("'1'", "1") == Order::kUnordered);
  CHECK(order("null", "null") == Order::kUnordered);
  CHECK(order("{}", "{}") == Order::kUnordered);
}

TEST_CASE("identity tells 1, 1.0 and true apart: that is what changed means") {
  CHECK(identical("1", "1"));
  CHECK_FALSE(identical("1", "1.0"));
  CHECK_FALSE(identical("1", "true"));
  CHECK_FALSE(identical("0.0", "-0.0"));
  CHECK(identical("2.5", "2.5"));
  CHECK(identical("[1, {'a': 'x'}]", "[1, {'a': 'x'}]"));
  CHECK_FALSE(identical("[1]", "[1.0]"));
  CHECK_FALSE(identical("{'a': 1}", "{'a': true}"));
  CHECK_FALSE(identical("null", "false"));
}

TEST_CASE("truth is Python's") {
  for (const char* falsy : {"null", "false", "0", "0.0", "-0.0", "''", "[]", "{}"}) {
    CAPTURE(falsy);
    CHECK_FALSE(pyforest::is_truthy(value_of(falsy)));
  }
  for (const char* truthy : {"true", "-1", "0.1", "'0'", "[0]", "{'a': null}"}) {
    CAPTURE(truthy);
    CHECK(pyforest::is_truthy(value_of(truthy)));
  }
  CHECK_FALSE(pyforest::is_truthy(Value()));
}

TEST_CASE("values are described as Python writes them") {
  CHECK(describe(value_of("[null, true, 1, 1.0, 2.5, 1e300, 'a', {'k': []}]"), 200) ==
        "[None, True, 1, 1.0, 2.5, 1e+300, 'a', {'k': []}]");
  CHECK(describe(Value()) == "nothing");
  CHECK(std::string(pyforest::type_name(value_of("[]"))) == "array");
  CHECK(std::string(pyforest::type_name(Value())) == "missing");
}

TEST_CASE("a long description is cut between characters") {
  CHECK(describe(value_of("'abcdef'"), 4) == "'abc\xE2\x80\xA6");
  CHECK(describe(value_of("'a\xC3\xA4z'"), 3) == "'a\xE2\x80\xA6");
  CHECK(describe(value_of("'abc'"), 5) == "'abc'");
}

TEST_CASE("an object finds its keys, few or many") {
  for (const int count : {3, 15, 16, 200}) {
    std::vector<std::pair<Value, Value>> items;
    for (int i = 0; i < count; ++i) {
      items.emplace_back(Value::string("k" + std::to_string(i)), Value::integer(i));
    }
    const Value object = Value::object(std::move(items));
    for (int i = 0; i < count; ++i) {
      const Value* found = object.find("k" + std::to_string(i));
      REQUIRE(found != nullptr);
      CHECK(found->as_int() == i);
    }
    CHECK(object.find("k") == nullptr);
    CHECK(object.find("k" + std::to_string(count)) == nullptr);
  }
}

TEST_CASE("copies share, moves leave nothing behind, borrowed ones own nothing") {
  Value a = value_of("['x']");
  Value b = a;
  const Value& same = b;
  b = same;
  CHECK(pyforest::values_identical(a, b));
  Value c = std::move(a);
  CHECK(a.is_missing());  // NOLINT(bugprone-use-after-move): that is what is tested
  const Value d = c.borrowed();
  CHECK(pyforest::values_identical(c, d));
  const Value e = d.retained();
  c = Value();
  b = Value();
  CHECK(e.as_array()[0].as_string() == "x");
  Value number = Value::integer(3).retained();
  CHECK(number.as_int() == 3);
}

TEST_CASE("seconds become nanoseconds, rounded to the nearest") {
  std::int64_t out = 0;
  auto nanoseconds = [&](double seconds) {
    REQUIRE(pyforest::to_nanoseconds(seconds, out));
    return out;
  };
  CHECK(nanoseconds(0.0) == 0);
  CHECK(nanoseconds(1.5) == 1'500'000'000);
  CHECK(nanoseconds(-1.5) == -1'500'000'000);
  CHECK(nanoseconds(0.0000000014) == 1);
  CHECK(nanoseconds(0.0000000016) == 2);
  CHECK(nanoseconds(-0.25) == -250'000'000);
  CHECK(nanoseconds(9.0e9) == 9'000'000'000'000'000'000);
  CHECK(nanoseconds(1'700'000'000.25) == 1'700'000'000'250'000'000);
  for (const double bad : {1e10, -1e10, 1e300, std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_FALSE(pyforest::to_nanoseconds(bad, out));
  }
}
