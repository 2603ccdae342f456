// The stack machine that evaluates bytecode.
#include <new>
#include <utility>

#include "expression_code.h"
#include "expression_operations.h"
#include "pyforest/expression.h"

namespace pyforest {

using expression::compare;
using expression::Op;
using expression::Operator;

namespace {

bool fail_missing(EvalError& error, std::int32_t slot) noexcept {
  error.kind = EvalError::Kind::kMissing;
  error.slot = slot;
  error.message.clear();
  return false;
}

// How many values an instruction of the slow path takes off the stack.
std::size_t arity(const Instruction& in) noexcept {
  switch (static_cast<Op>(in.op)) {
    case Op::kNegate:
    case Op::kPlus:
      return 1;
    case Op::kSlice:
      return 3;
    case Op::kCall:
    case Op::kList:
    case Op::kDict:
      return in.count;
    default:
      return 2;
  }
}

// Room for values that are constructed one by one: nothing to clear on the way in.
class Stack {
 public:
  Value* base() noexcept { return reinterpret_cast<Value*>(room_); }

 private:
  alignas(Value) unsigned char room_[sizeof(Value) * kMaxExpressionStack];
};

// Adds, subtracts or multiplies in place where both are of one kind of number; false where that
// needs the slow path.
bool quick_arithmetic(Op op, Value& a, const Value& b) noexcept {
  if (a.is_int() && b.is_int()) {
    std::int64_t result = 0;
    const bool overflow = op == Op::kAdd ? __builtin_add_overflow(a.as_int(), b.as_int(), &result)
                          : op == Op::kSubtract
                              ? __builtin_sub_overflow(a.as_int(), b.as_int(), &result)
                              : __builtin_mul_overflow(a.as_int(), b.as_int(), &result);
    if (overflow) return false;
    a = Value::integer(result);
    return true;
  }
  if (!a.is_number() || !b.is_number() || !(a.is_float() || b.is_float())) return false;
  const double x = a.as_double();
  const double y = b.as_double();
  const double result = op == Op::kAdd ? x + y : op == Op::kSubtract ? x - y : x * y;
  if (!std::isfinite(result)) return false;
  a = Value::number(result);
  return true;
}

// Runs to the end; then the one value left is at `stack`. After an error nothing is left.
bool run(const Code& code, std::uint32_t entry, const Value* slots, Value* const stack,
         EvalError& error) noexcept {
  const Instruction* pc = code.instructions.data() + entry;
  const Value* const constants = code.constants.data();
  Value* top = stack;  // one beyond the last value
  const auto push = [&top](Value&& v) { new (top++) Value(std::move(v)); };
  const auto drop = [&top](std::size_t count) {
    for (; count > 0; --count) (--top)->~Value();
  };
  for (;;) {
    const Instruction in = *pc++;
    switch (static_cast<Op>(in.op)) {
      case Op::kConstant:
        push(constants[in.operand].borrowed());
        break;
      case Op::kInteger:
        push(Value::integer(in.operand));
        break;
      case Op::kSlot:
        if (slots[in.operand].is_missing()) {
          drop(static_cast<std::size_t>(top - stack));
          return fail_missing(error, in.operand);
        }
        push(slots[in.operand].borrowed());
        break;
      case Op::kHas:
        push(Value::boolean(!slots[in.operand].is_missing()));
        break;
      case Op::kSlotOr:
        if (!slots[in.operand].is_missing()) top[-1] = slots[in.operand].borrowed();
        break;
      case Op::kCompareSlot: {
        const Value& value = slots[in.operand];
        const auto constant = static_cast<std::int64_t>(static_cast<std::int16_t>(in.count));
        const auto op = static_cast<CompareOp>(in.detail);
        bool holds = false;
        if (value.is_int()) {
          holds = expression::compare_as(op, value.as_int(), constant);
        } else if (value.is_float()) {
          holds = expression::compare_as(op, value.as_float(), static_cast<double>(constant));
        } else if (value.is_missing()) {
          drop(static_cast<std::size_t>(top - stack));
          return fail_missing(error, in.operand);
        } else if (!compare(op, value, Value::integer(constant), holds, error)) {
          drop(static_cast<std::size_t>(top - stack));
          return false;
        }
        push(Value::boolean(holds));
        break;
      }
      case Op::kCompareConstant: {
        bool holds = false;
        if (!compare(static_cast<CompareOp>(in.detail), top[-1], constants[in.operand], holds,
                     error)) {
          drop(static_cast<std::size_t>(top - stack));
          return false;
        }
        top[-1] = Value::boolean(holds);
        break;
      }
      case Op::kCompare:
      case Op::kRelate: {
        bool holds = false;
        const bool ok =
            static_cast<Op>(in.op) == Op::kCompare
                ? compare(static_cast<CompareOp>(in.detail), top[-2], top[-1], holds, error)
                : expression::relate_safely(static_cast<Operator>(in.detail), top[-2], top[-1],
                                            holds, error);
        if (!ok) {
          drop(static_cast<std::size_t>(top - stack));
          return false;
        }
        drop(1);
        top[-1] = Value::boolean(holds);
        break;
      }
      case Op::kChain: {
        bool holds = false;
        if (!expression::relate_safely(static_cast<Operator>(in.detail), top[-2], top[-1], holds,
                                       error)) {
          drop(static_cast<std::size_t>(top - stack));
          return false;
        }
        if (holds) {
          top[-2] = std::move(top[-1]);
        } else {
          top[-2] = Value::boolean(false);
          pc += in.operand;
        }
        drop(1);
        break;
      }
      case Op::kJump:
        pc += in.operand;
        break;
      case Op::kJumpIfFalse:
        if (!is_truthy(top[-1])) pc += in.operand;
        drop(1);
        break;
      case Op::kJumpIfFalseOrPop:
        if (is_truthy(top[-1])) {
          drop(1);
        } else {
          pc += in.operand;
        }
        break;
      case Op::kJumpIfTrueOrPop:
        if (is_truthy(top[-1])) {
          pc += in.operand;
        } else {
          drop(1);
        }
        break;
      case Op::kNot:
        top[-1] = Value::boolean(!is_truthy(top[-1]));
        break;
      case Op::kReturnRetained:
        top[-1] = top[-1].retained();
        return true;
      case Op::kReturn:
        return true;
      case Op::kAdd:
      case Op::kSubtract:
      case Op::kMultiply:
        if (quick_arithmetic(static_cast<Op>(in.op), top[-2], top[-1])) {
          drop(1);
          break;
        }
        [[fallthrough]];
      default: {
        const std::size_t count = arity(in);
        Value result;
        if (!expression::operate(in, top - count, result, error)) {
          drop(static_cast<std::size_t>(top - stack));
          return false;
        }
        drop(count);
        push(std::move(result));
        break;
      }
    }
  }
}

bool evaluate_compare(const Expression& expression, const Value* slots, bool& out,
                      EvalError& error) noexcept {
  const Value& value = slots[expression.slot];
  if (value.is_missing()) return fail_missing(error, expression.slot);
  return compare(expression.compare_op, value, expression.compare_constant, out, error);
}

}  // namespace

const char* eval_error_name(EvalError::Kind kind) noexcept {
  constexpr const char* kNames[] = {"missing", "type", "zero_division", "overflow",
                                    "index",   "key",  "value",         "limit"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool evaluate(const Code& code, const Expression& expression, const Value* slots, Value& out,
              EvalError& error) noexcept {
  if (expression.is_compare) {
    bool holds = false;
    if (!evaluate_compare(expression, slots, holds, error)) return false;
    out = Value::boolean(holds);
    return true;
  }
  if (expression.is_slot) {
    if (slots[expression.slot].is_missing()) return fail_missing(error, expression.slot);
    out = slots[expression.slot];
    return true;
  }
  if (expression.is_constant) {
    out = expression.constant.borrowed();
    return true;
  }
  Stack stack;
  if (!run(code, expression.entry, slots, stack.base(), error)) return false;
  out = std::move(*stack.base());
  stack.base()->~Value();
  return true;
}

bool evaluate_truth(const Code& code, const Expression& expression, const Value* slots, bool& out,
                    EvalError& error) noexcept {
  if (expression.is_compare) return evaluate_compare(expression, slots, out, error);
  if (expression.is_slot) {
    if (slots[expression.slot].is_missing()) return fail_missing(error, expression.slot);
    out = is_truthy(slots[expression.slot]);
    return true;
  }
  if (expression.is_constant) {
    out = is_truthy(expression.constant);
    return true;
  }
  Stack stack;
  if (!run(code, expression.entry, slots, stack.base(), error)) return false;
  out = is_truthy(*stack.base());
  stack.base()->~Value();
  return true;
}

}  // namespace pyforest
