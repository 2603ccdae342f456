// The functions that an expression may call.
#include <algorithm>
#include <utility>
#include <vector>

#include "expression_operations.h"
#include "expression_text.h"

namespace pyforest::expression {

using Kind = EvalError::Kind;

namespace {

__extension__ using Wide = __int128;

bool is_integral(const Value& v) { return v.is_int() || v.is_bool(); }

bool fail_argument(EvalError& error, Function function, const char* wanted, const Value& got) {
  return fail(
      error, Kind::kType,
      std::string("`") + function_name(function) + "` takes " + wanted + ", not " + type_name(got));
}

bool fail_overflow(EvalError& error, Function function) {
  return fail(
      error, Kind::kOverflow,
      std::string("the result of `") + function_name(function) + "` needs more than 64 bits");
}

bool absolute(const Value& a, Value& out, EvalError& error) {
  if (!a.is_number()) return fail_argument(error, Function::kAbs, "a number", a);
  if (a.is_float()) {
    out = Value::number(std::fabs(a.as_float()));
    return true;
  }
  if (a.as_int() == INT64_MIN) return fail_overflow(error, Function::kAbs);
  out = Value::integer(std::abs(a.as_int()));
  return true;
}

bool float_to_int(double d, Function function, Value& out, EvalError& error) {
  if (d >= 9223372036854775808.0 || d < -9223372036854775808.0) {
    return fail_overflow(error, function);
  }
  out = Value::integer(static_cast<std::int64_t>(d));
  return true;
}

bool to_int(const Value& a, Value& out, EvalError& error) {
  if (a.is_float()) return float_to_int(std::trunc(a.as_float()), Function::kInt, out, error);
  if (a.is_number()) {
    out = Value::integer(a.as_int());
    return true;
  }
  if (!a.is_string()) return fail_argument(error, Function::kInt, "a number or text", a);
  std::int64_t value = 0;
  switch (parse_int(a.as_string(), value)) {
    case NumberText::kGood:
      out = Value::integer(value);
      return true;
    case NumberText::kTooLarge:
      return fail_overflow(error, Function::kInt);
    default:
      return fail(error, Kind::kValue, describe(a) + " is no whole number");
  }
}

bool to_float(const Value& a, Value& out, EvalError& error) {
  if (a.is_number()) {
    out = Value::number(a.as_double());
    return true;
  }
  if (!a.is_string()) return fail_argument(error, Function::kFloat, "a number or text", a);
  double value = 0.0;
  switch (parse_float(a.as_string(), value)) {
    case NumberText::kGood:
      out = Value::number(value);
      return true;
    case NumberText::kTooLarge:
      return fail(error, Kind::kOverflow, "the result of `float` is beyond the floats");
    default:
      return fail(error, Kind::kValue, describe(a) + " is no number");
  }
}

bool to_string(const Value& a, Value& out, EvalError& error) {
  switch (a.tag()) {
    case ValueTag::kString:
      out = a.retained();
      return true;
    case ValueTag::kNull:
      out = Value::string("None");
      return true;
    case ValueTag::kBool:
      out = Value::string(a.as_bool() ? "True" : "False");
      return true;
    case ValueTag::kInt:
      out = Value::string(std::to_string(a.as_int()));
      return true;
    case ValueTag::kFloat:
      out = Value::string(float_text(a.as_float()));
      return true;
    default:
      return fail_argument(error, Function::kStr, "a number, text, True, False or None", a);
  }
}

bool length(const Value& a, Value& out, EvalError& error) {
  std::size_t size = 0;
  if (a.is_string()) {
    size = count_code_points(a.as_string());
  } else if (a.is_array()) {
    size = a.as_array().size();
  } else if (a.is_object()) {
    size = a.as_object().size();
  } else {
    return fail_argument(error, Function::kLen, "text, a list or a dict", a);
  }
  out = Value::integer(static_cast<std::int64_t>(size));
  return true;
}

// To a multiple of 10 ** -digits, half to even; digits < 0.
bool round_integer(std::int64_t value, std::int64_t digits, Value& out, EvalError& error) {
  Wide unit = 1;
  for (std::int64_t i = digits; i < 0; ++i) {
    unit *= 10;
    if (unit > Wide{1} << 65U) {  // half of it is beyond every 64-bit integer
      out = Value::integer(0);
      return true;
    }
  }
  Wide quotient = value / unit;
  Wide remainder = value % unit;
  if (remainder < 0) {
    remainder += unit;
    --quotient;
  }
  const bool odd = quotient % 2 != 0;
  if (2 * remainder > unit || (2 * remainder == unit && odd)) ++quotient;
  const Wide result = quotient * unit;
  if (result > INT64_MAX || result < INT64_MIN) return fail_overflow(error, Function::kRound);
  out = Value::integer(static_cast<std::int64_t>(result));
  return true;
}

bool round_number(const Value* arguments, std::size_t count, Value& out, EvalError& error) {
  const Value& a = arguments[0];
  if (!a.is_number()) return fail_argument(error, Function::kRound, "a number", a);
  if (count == 1 || arguments[1].is_null()) {
    if (!a.is_float()) {
      out = Value::integer(a.as_int());
      return true;
    }
    double whole = std::round(a.as_float());
    if (std::fabs(a.as_float() - whole) == 0.5) whole = 2.0 * std::round(a.as_float() / 2.0);
    return float_to_int(whole, Function::kRound, out, error);
  }
  if (!is_integral(arguments[1])) {
    return fail_argument(error, Function::kRound, "a whole number of digits", arguments[1]);
  }
  const std::int64_t digits = arguments[1].as_int();
  if (!a.is_float()) {
    if (digits < 0) return round_integer(a.as_int(), digits, out, error);
    out = Value::integer(a.as_int());
    return true;
  }
  double rounded = 0.0;
  if (round_float(a.as_float(), digits, rounded) == NumberText::kTooLarge) {
    return fail(error, Kind::kOverflow, "the result of `round` is beyond the floats");
  }
  out = Value::number(rounded);
  return true;
}

// The first of the least, or the first of the greatest.
bool extreme(Function function, const Value* items, std::size_t count, Value& out,
             EvalError& error) {
  if (count == 1) {
    if (!items[0].is_array()) {
      return fail_argument(error, function, "a list or several values", items[0]);
    }
    const auto& list = items[0].as_array();
    if (list.empty()) {
      return fail(error, Kind::kValue,
                  std::string("`") + function_name(function) + "` of an empty list");
    }
    items = list.data();
    count = list.size();
  }
  const Order better = function == Function::kMin ? Order::kLess : Order::kGreater;
  const Value* best = &items[0];
  for (std::size_t i = 1; i < count; ++i) {
    const Order order = compare_values(items[i], *best);
    if (order == Order::kUnordered) {
      return fail(error, Kind::kType,
                  std::string("`") + function_name(function) + "` cannot compare " +
                      type_name(items[i]) + " and " + type_name(*best));
    }
    if (order == better) best = &items[i];
  }
  out = best->retained();
  return true;
}

// Integers are added exactly, floats from left to right.
bool sum(const Value* arguments, std::size_t count, Value& out, EvalError& error) {
  if (!arguments[0].is_array()) {
    return fail_argument(error, Function::kSum, "a list of numbers", arguments[0]);
  }
  const Value start = count > 1 ? arguments[1] : Value::integer(0);
  if (!start.is_number()) return fail_argument(error, Function::kSum, "numbers", start);
  if (arguments[0].as_array().empty()) {
    out = start;
    return true;
  }
  Wide whole = start.is_float() ? 0 : start.as_int();
  double total = start.is_float() ? start.as_float() : 0.0;
  bool floats = start.is_float();
  for (const Value& item : arguments[0].as_array()) {
    if (!item.is_number()) return fail_argument(error, Function::kSum, "numbers", item);
    if (floats) {
      total += item.as_double();
    } else if (item.is_float()) {
      floats = true;
      total = static_cast<double>(whole) + item.as_float();
    } else {
      whole += item.as_int();
    }
  }
  if (floats) {
    if (!std::isfinite(total)) {
      return fail(error, Kind::kOverflow, "the result of `sum` is beyond the floats");
    }
    out = Value::number(total);
    return true;
  }
  if (whole > INT64_MAX || whole < INT64_MIN) return fail_overflow(error, Function::kSum);
  out = Value::integer(static_cast<std::int64_t>(whole));
  return true;
}

bool truth_of_items(Function function, const Value& a, Value& out, EvalError& error) {
  if (!a.is_array()) return fail_argument(error, function, "a list", a);
  const auto& items = a.as_array();
  out = Value::boolean(function == Function::kAny
                           ? std::any_of(items.begin(), items.end(), is_truthy)
                           : std::all_of(items.begin(), items.end(), is_truthy));
  return true;
}

// Lists of one kind only, whose order does not depend on the way of sorting.
bool sort(const Value& a, Value& out, EvalError& error) {
  if (!a.is_array()) return fail_argument(error, Function::kSorted, "a list", a);
  if (a.as_array().size() > kMaxResultItems) return fail_limit(error);
  std::vector<Value> items;
  items.reserve(a.as_array().size());
  for (const Value& item : a.as_array()) {
    const bool fits = items.empty() ? item.is_number() || item.is_string()
                                    : item.is_number() == items.front().is_number() &&
                                          item.is_string() == items.front().is_string();
    if (!fits) {
      return fail(error, Kind::kType, "`sorted` takes a list of numbers or a list of texts");
    }
    items.push_back(item.retained());
  }
  std::stable_sort(items.begin(), items.end(), [](const Value& x, const Value& y) {
    return compare_values(x, y) == Order::kLess;
  });
  out = Value::array(std::move(items));
  return true;
}

}  // namespace

bool call(Function function, const Value* arguments, std::size_t count, Value& out,
          EvalError& error) {
  switch (function) {
    case Function::kAbs:
      return absolute(arguments[0], out, error);
    case Function::kAll:
    case Function::kAny:
      return truth_of_items(function, arguments[0], out, error);
    case Function::kBool:
      out = Value::boolean(is_truthy(arguments[0]));
      return true;
    case Function::kFloat:
      return to_float(arguments[0], out, error);
    case Function::kInt:
      return to_int(arguments[0], out, error);
    case Function::kLen:
      return length(arguments[0], out, error);
    case Function::kMax:
    case Function::kMin:
      return extreme(function, arguments, count, out, error);
    case Function::kRound:
      return round_number(arguments, count, out, error);
    case Function::kSorted:
      return sort(arguments[0], out, error);
    case Function::kStr:
      return to_string(arguments[0], out, error);
    default:
      return sum(arguments, count, out, error);
  }
}

}  // namespace pyforest::expression
