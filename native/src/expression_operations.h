// What the operators and functions of the language do to values: Python's results, or an error.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "expression_ast.h"
#include "expression_code.h"
#include "pyforest/expression.h"

namespace pyforest::expression {

/// Fills `error`; always false.
bool fail(EvalError& error, EvalError::Kind kind, std::string message);

/// How much a list or dict may still hold; see kMaxResultItems.
struct Budget {
  std::size_t items = kMaxResultItems;
  std::size_t text = kMaxResultText;
};

/// Takes `value`, which stands at nesting level `depth`, off the budget; false where it is spent.
bool spend(Budget& budget, const Value& value, int depth) noexcept;
bool fail_limit(EvalError& error);

bool arithmetic(Operator op, const Value& a, const Value& b, Value& out, EvalError& error);
bool negate(const Value& a, Value& out, EvalError& error);
bool positive(const Value& a, Value& out, EvalError& error);
/// Any comparison; `in` and `is` included.
bool relate(Operator op, const Value& a, const Value& b, bool& out, EvalError& error);
/// `borrowed`: the container outlives the result, so that the item needs no share of its own.
bool subscript(const Value& container, const Value& index, bool borrowed, Value& out,
               EvalError& error);
bool slice(const Value& container, const Value& from, const Value& to, Value& out,
           EvalError& error);
/// Of two texts or two lists.
bool concatenate(const Value& a, const Value& b, Value& out, EvalError& error);
/// Of a text or a list.
bool repeat(const Value& sequence, std::int64_t times, Value& out, EvalError& error);
bool make_list(const Value* items, std::size_t count, Value& out, EvalError& error);
/// `count` keys and values in turn.
bool make_dict(const Value* items, std::size_t count, Value& out, EvalError& error);
bool call(Function function, const Value* arguments, std::size_t count, Value& out,
          EvalError& error);

/// Any of the above by instruction. Never throws: without memory it is a kLimit.
bool operate(const Instruction& instruction, const Value* operands, Value& out,
             EvalError& error) noexcept;
/// As `relate`, for the machine.
bool relate_safely(Operator op, const Value& a, const Value& b, bool& out,
                   EvalError& error) noexcept;

template <class T>
bool compare_as(CompareOp op, T a, T b) noexcept {
  switch (op) {
    case CompareOp::kLess:
      return a < b;
    case CompareOp::kLessEqual:
      return a <= b;
    case CompareOp::kGreater:
      return a > b;
    case CompareOp::kGreaterEqual:
      return a >= b;
    case CompareOp::kEqual:
      return a == b;
    default:
      return a != b;
  }
}

/// Whether a double holds this integer exactly.
inline bool fits_double(std::int64_t i) noexcept {
  constexpr std::int64_t kExact = std::int64_t{1} << 53U;
  return i <= kExact && i >= -kExact;
}

inline Operator to_operator(CompareOp op) noexcept {
  return static_cast<Operator>(static_cast<int>(op) + static_cast<int>(Operator::kLess));
}

/// The six ordinary comparisons, numbers first.
inline bool compare(CompareOp op, const Value& a, const Value& b, bool& out,
                    EvalError& error) noexcept {
  if (a.is_int() && b.is_int()) {
    out = compare_as(op, a.as_int(), b.as_int());
    return true;
  }
  if (a.is_float()) {
    if (b.is_float() || (b.is_int() && fits_double(b.as_int()))) {
      out = compare_as(op, a.as_float(), b.as_double());
      return true;
    }
  } else if (b.is_float() && a.is_int() && fits_double(a.as_int())) {
    out = compare_as(op, a.as_double(), b.as_float());
    return true;
  }
  return relate_safely(to_operator(op), a, b, out, error);
}

}  // namespace pyforest::expression
