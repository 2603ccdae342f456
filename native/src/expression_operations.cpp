#include "expression_operations.h"

#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "expression_text.h"

namespace pyforest::expression {

using Kind = EvalError::Kind;

namespace {

const char* symbol_of(Operator op) {
  constexpr const char* kSymbols[] = {"",   "+", "-",  "*",  "/",  "//", "%",      "**", "<",
                                      "<=", ">", ">=", "==", "!=", "in", "not in", "is", "is not"};
  return kSymbols[static_cast<std::size_t>(op)];
}

bool fail_types(EvalError& error, Operator op, const Value& a, const Value& b) {
  return fail(error, Kind::kType,
              std::string("`") + symbol_of(op) + "` does not work on " + type_name(a) + " and " +
                  type_name(b));
}

bool fail_overflow(EvalError& error, Operator op) {
  return fail(error, Kind::kOverflow,
              std::string("the result of `") + symbol_of(op) + "` needs more than 64 bits");
}

bool fail_zero(EvalError& error, Operator op) {
  return fail(error, Kind::kZeroDivision,
              op == Operator::kPower ? "zero cannot be raised to a negative power"
                                     : std::string("`") + symbol_of(op) + "` divides by zero");
}

bool give_float(double d, Operator op, Value& out, EvalError& error) {
  if (std::isfinite(d)) {
    out = Value::number(d);
    return true;
  }
  return fail(error, Kind::kOverflow,
              std::string("the result of `") + symbol_of(op) + "` is beyond the floats");
}

// The quotient of two integers rounded once: converting them to doubles first would round thrice
// where they have more than 53 bits.
double divide_exactly(std::int64_t a, std::int64_t b) {
  if (fits_double(a) && fits_double(b)) return static_cast<double>(a) / static_cast<double>(b);
  const bool negative = (a < 0) != (b < 0);
  const auto magnitude = [](std::int64_t i) {
    return i < 0 ? 0 - static_cast<std::uint64_t>(i) : static_cast<std::uint64_t>(i);
  };
  __extension__ using Wide = unsigned __int128;
  const std::uint64_t n = magnitude(a);
  const std::uint64_t d = magnitude(b);
  if (n == 0) return negative ? -0.0 : 0.0;
  const int n_bits = 64 - __builtin_clzll(n);
  const int d_bits = 64 - __builtin_clzll(d);
  // At least 56 bits of quotient: 53 to keep, the rest, with the remainder, to round by.
  const int shift = std::max(0, 57 + d_bits - n_bits);
  const Wide wide = static_cast<Wide>(n) << static_cast<unsigned>(shift);
  auto quotient = static_cast<std::uint64_t>(wide / d);
  if (wide % d != 0) quotient |= 1U;
  const double result = std::ldexp(static_cast<double>(quotient), -shift);
  return negative ? -result : result;
}

bool divide_integers(Operator op, std::int64_t a, std::int64_t b, Value& out, EvalError& error) {
  if (b == 0) return fail_zero(error, op);
  if (op == Operator::kDivide) {
    out = Value::number(divide_exactly(a, b));
    return true;
  }
  if (b == -1) {  // the one quotient that does not fit, and that the processor traps on
    if (op == Operator::kModulo) {
      out = Value::integer(0);
      return true;
    }
    if (a == INT64_MIN) return fail_overflow(error, op);
    out = Value::integer(-a);
    return true;
  }
  std::int64_t quotient = a / b;
  std::int64_t remainder = a % b;
  if (remainder != 0 && (remainder < 0) != (b < 0)) {
    --quotient;
    remainder += b;
  }
  out = Value::integer(op == Operator::kModulo ? remainder : quotient);
  return true;
}

// CPython's float_divmod.
bool divide_floats(Operator op, double a, double b, Value& out, EvalError& error) {
  if (b == 0.0) return fail_zero(error, op);
  if (op == Operator::kDivide) return give_float(a / b, op, out, error);
  double remainder = std::fmod(a, b);
  double quotient = (a - remainder) / b;
  if (remainder != 0.0) {
    if ((b < 0) != (remainder < 0)) {
      remainder += b;
      quotient -= 1.0;
    }
  } else {
    remainder = std::copysign(0.0, b);
  }
  if (op == Operator::kModulo) {
    out = Value::number(remainder);
    return true;
  }
  double whole = std::copysign(0.0, a / b);
  if (quotient != 0.0) {
    whole = std::floor(quotient);
    if (quotient - whole > 0.5) whole += 1.0;
  }
  return give_float(whole, op, out, error);
}

bool raise_float(double base, double exponent, Value& out, EvalError& error) {
  if (base == 0.0 && exponent < 0.0) return fail_zero(error, Operator::kPower);
  if (base < 0.0 && exponent != std::floor(exponent)) {
    return fail(error, Kind::kValue, "the result of `**` is a complex number");
  }
  return give_float(std::pow(base, exponent), Operator::kPower, out, error);
}

bool raise_integer(std::int64_t base, std::int64_t exponent, Value& out, EvalError& error) {
  if (exponent < 0) {
    return raise_float(static_cast<double>(base), static_cast<double>(exponent), out, error);
  }
  std::int64_t result = 1;
  for (;;) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) {
      return fail_overflow(error, Operator::kPower);
    }
    exponent >>= 1;
    if (exponent == 0) break;
    if (__builtin_mul_overflow(base, base, &base)) return fail_overflow(error, Operator::kPower);
  }
  out = Value::integer(result);
  return true;
}

bool integer_arithmetic(Operator op, std::int64_t a, std::int64_t b, Value& out, EvalError& error) {
  std::int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case Operator::kAdd:
      overflow = __builtin_add_overflow(a, b, &result);
      break;
    case Operator::kSubtract:
      overflow = __builtin_sub_overflow(a, b, &result);
      break;
    case Operator::kMultiply:
      overflow = __builtin_mul_overflow(a, b, &result);
      break;
    case Operator::kPower:
      return raise_integer(a, b, out, error);
    default:
      return divide_integers(op, a, b, out, error);
  }
  if (overflow) return fail_overflow(error, op);
  out = Value::integer(result);
  return true;
}

bool float_arithmetic(Operator op, double a, double b, Value& out, EvalError& error) {
  switch (op) {
    case Operator::kAdd:
      return give_float(a + b, op, out, error);
    case Operator::kSubtract:
      return give_float(a - b, op, out, error);
    case Operator::kMultiply:
      return give_float(a * b, op, out, error);
    case Operator::kPower:
      return raise_float(a, b, out, error);
    default:
      return divide_floats(op, a, b, out, error);
  }
}

bool is_integral(const Value& v) { return v.is_int() || v.is_bool(); }

bool is_sequence(const Value& v) { return v.is_string() || v.is_array(); }

bool contains(const Value& container, const Value& item, Operator op, bool& out, EvalError& error) {
  if (container.is_array()) {
    out = false;
    for (const Value& candidate : container.as_array()) {
      if (values_equal(candidate, item)) {
        out = true;
        break;
      }
    }
    return true;
  }
  if (container.is_string() && item.is_string()) {
    // Not string_view::find, whose time is the product of the lengths.
    const std::string_view text = container.as_string();
    const std::string_view part = item.as_string();
    out = part.empty() || memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
    return true;
  }
  if (container.is_object() && !item.is_array() && !item.is_object()) {
    out = item.is_string() && container.find(item.as_string()) != nullptr;
    return true;
  }
  return fail_types(error, op, item, container);
}

}  // namespace

bool fail(EvalError& error, Kind kind, std::string message) {
  error.kind = kind;
  error.slot = -1;
  error.message = std::move(message);
  return false;
}

bool fail_limit(EvalError& error) {
  return fail(error, Kind::kLimit,
              "the result would be larger than 1 MiB of text, 100,000 items or 64 levels");
}

bool spend(Budget& budget, const Value& value, int depth) noexcept {
  if (value.is_string()) {
    if (value.as_string().size() > budget.text) return false;
    budget.text -= value.as_string().size();
    return true;
  }
  const bool object = value.is_object();
  if (!object && !value.is_array()) return true;
  const std::size_t size = object ? value.as_object().size() : value.as_array().size();
  if (depth > kMaxResultDepth || size > budget.items) return false;
  budget.items -= size;
  if (object) {
    for (const auto& [key, item] : value.as_object()) {
      if (!spend(budget, key, depth + 1) || !spend(budget, item, depth + 1)) return false;
    }
    return true;
  }
  for (const Value& item : value.as_array()) {
    if (!spend(budget, item, depth + 1)) return false;
  }
  return true;
}

bool arithmetic(Operator op, const Value& a, const Value& b, Value& out, EvalError& error) {
  if (a.is_number() && b.is_number()) {
    if (a.is_float() || b.is_float()) {
      return float_arithmetic(op, a.as_double(), b.as_double(), out, error);
    }
    return integer_arithmetic(op, a.as_int(), b.as_int(), out, error);
  }
  if (op == Operator::kAdd && is_sequence(a) && a.tag() == b.tag()) {
    return concatenate(a, b, out, error);
  }
  if (op == Operator::kMultiply) {
    if (is_sequence(a) && is_integral(b)) return repeat(a, b.as_int(), out, error);
    if (is_integral(a) && is_sequence(b)) return repeat(b, a.as_int(), out, error);
  }
  return fail_types(error, op, a, b);
}

bool negate(const Value& a, Value& out, EvalError& error) {
  if (a.is_float()) {
    out = Value::number(-a.as_float());
    return true;
  }
  if (!is_integral(a)) {
    return fail(error, Kind::kType, std::string("`-` does not work on ") + type_name(a));
  }
  if (a.as_int() == INT64_MIN) return fail_overflow(error, Operator::kSubtract);
  out = Value::integer(-a.as_int());
  return true;
}

bool positive(const Value& a, Value& out, EvalError& error) {
  if (!a.is_number()) {
    return fail(error, Kind::kType, std::string("`+` does not work on ") + type_name(a));
  }
  out = a.is_float() ? a : Value::integer(a.as_int());
  return true;
}

bool relate(Operator op, const Value& a, const Value& b, bool& out, EvalError& error) {
  switch (op) {
    case Operator::kEqual:
      out = values_equal(a, b);
      return true;
    case Operator::kNotEqual:
      out = !values_equal(a, b);
      return true;
    case Operator::kIs:
      out = a.is_null();
      return true;
    case Operator::kIsNot:
      out = !a.is_null();
      return true;
    case Operator::kIn:
    case Operator::kNotIn:
      if (!contains(b, a, op, out, error)) return false;
      if (op == Operator::kNotIn) out = !out;
      return true;
    default:
      break;
  }
  const Order order = compare_values(a, b);
  if (order == Order::kUnordered) return fail_types(error, op, a, b);
  out = compare_as(to_compare_op(op), static_cast<int>(order), static_cast<int>(Order::kEqual));
  return true;
}

bool relate_safely(Operator op, const Value& a, const Value& b, bool& out,
                   EvalError& error) noexcept {
  try {
    return relate(op, a, b, out, error);
  } catch (const std::bad_alloc&) {
    return fail(error, Kind::kLimit, "no memory");
  }
}

bool operate(const Instruction& instruction, const Value* operands, Value& out,
             EvalError& error) noexcept {
  try {
    const auto op = static_cast<Op>(instruction.op);
    switch (op) {
      case Op::kNegate:
        return negate(operands[0], out, error);
      case Op::kPlus:
        return positive(operands[0], out, error);
      case Op::kSubscript:
        return subscript(operands[0], operands[1], instruction.detail != 0, out, error);
      case Op::kSlice:
        return slice(operands[0], operands[1], operands[2], out, error);
      case Op::kCall:
        return call(static_cast<Function>(instruction.detail), operands, instruction.count, out,
                    error);
      case Op::kList:
        return make_list(operands, instruction.count, out, error);
      case Op::kDict:
        return make_dict(operands, instruction.count, out, error);
      default: {
        const auto sign = static_cast<Operator>(static_cast<int>(op) - static_cast<int>(Op::kAdd) +
                                                static_cast<int>(Operator::kAdd));
        return arithmetic(sign, operands[0], operands[1], out, error);
      }
    }
  } catch (const std::bad_alloc&) {
    return fail(error, Kind::kLimit, "no memory");
  }
}

}  // namespace pyforest::expression
