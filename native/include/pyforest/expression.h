// The expression language: a closed subset of Python's expressions, compiled to bytecode over
// blackboard slots. What it accepts and where it differs from Python: docs/reference/expressions.md
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pyforest/value.h"

namespace pyforest {

/// Longest text of an expression or script, in bytes.
inline constexpr std::size_t kMaxExpressionText = std::size_t{64} << 10;
/// Deepest nesting of brackets and operators.
inline constexpr int kMaxExpressionDepth = 200;
/// Most operands that wait for an operator at once.
inline constexpr int kMaxExpressionStack = 256;
/// Longest text that an expression may produce, in bytes; also all text in a list or dict.
inline constexpr std::size_t kMaxResultText = std::size_t{1} << 20;
/// Most values in a list or dict that an expression may produce, nested ones included.
inline constexpr std::size_t kMaxResultItems = 100'000;
/// Deepest nesting of a list or dict that an expression may produce.
inline constexpr int kMaxResultDepth = 64;

/// Why a text is no expression. `offset` counts bytes; `suggestion` is what to write instead, or
/// empty.
struct ExpressionError {
  std::size_t offset;
  std::string message;
  std::string suggestion;
};

/// Says which slot a name lives in; a name wired to a constant is answered by `constant_of`.
class NameResolver {
 public:
  virtual ~NameResolver() = default;
  /// Never negative: an unknown name gets a new slot, even when the text turns out to be wrong.
  virtual std::int32_t slot_of(std::string_view name) = 0;
  /// Asked first; the value is copied.
  virtual const Value* constant_of(std::string_view name) {
    (void)name;
    return nullptr;
  }
};

enum class CompareOp : std::uint8_t {
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqual,
  kNotEqual
};

/// One step of the stack machine; what the fields mean depends on `op`
/// (native/src/expression_code.h).
struct Instruction {
  std::uint8_t op;
  std::uint8_t detail;
  std::uint16_t count;
  std::int32_t operand;
};
static_assert(sizeof(Instruction) == 8);

/// The bytecode of a whole program: every expression appends to it.
struct Code {
  std::vector<Instruction> instructions;
  std::vector<Value> constants;
};

/// One compiled expression. The `is_` flags let a caller skip `evaluate` for the common shapes; at
/// most one of them is set.
struct Expression {
  std::uint32_t entry = 0;
  std::uint16_t max_stack = 0;
  /// Reads nothing and always gives `constant`. Not set where the value would be large
  /// (`'a' * 100000`) or the evaluation fails (`1 / 0`).
  bool is_constant = false;
  Value constant;
  /// Just a name, in `slot`.
  bool is_slot = false;
  std::int32_t slot = -1;
  /// `name OP constant`, or the same flipped, with the name in `slot`.
  bool is_compare = false;
  CompareOp compare_op{};
  Value compare_constant;
  /// Every slot that the expression names, ascending, each once.
  std::vector<std::int32_t> reads;
};

struct Assignment {
  std::int32_t slot;
  Expression value;
  std::string name;
};

/// A part of an expression worth showing by itself: a name, call, subscript or comparison, and
/// last the whole. [begin, end) are bytes of the text.
struct ExpressionPart {
  std::uint32_t begin;
  std::uint32_t end;
  Expression value;
};

/// Compiles one expression. After an error `code` is as it was before.
std::optional<ExpressionError> compile_expression(std::string_view text, NameResolver& resolver,
                                                  Code& code, Expression& out);

/// Compiles assignments (`a = expr; b += expr`), separated by `;` or new lines, `#` comments
/// allowed. They are to be carried out in order, each seeing what the ones before it wrote.
std::optional<ExpressionError> compile_script(std::string_view text, NameResolver& resolver,
                                              Code& code, std::vector<Assignment>& out);

/// Compiles the parts of an expression, each text once, inner ones before outer ones: evaluating
/// each tells why the whole came out as it did. At most 200 parts; the whole is always the last.
std::optional<ExpressionError> compile_expression_parts(std::string_view text,
                                                        NameResolver& resolver, Code& code,
                                                        std::vector<ExpressionPart>& out);

struct EvalError {
  enum class Kind : std::uint8_t {
    kMissing,       ///< a name without a value; `slot` says which, `message` is empty
    kType,          ///< Python's TypeError
    kZeroDivision,  ///< Python's ZeroDivisionError
    kOverflow,      ///< an integer beyond 64 bits, or a float beyond the finite ones
    kIndex,         ///< Python's IndexError
    kKey,           ///< Python's KeyError
    kValue,         ///< Python's ValueError, or a result that is no JSON (complex, nan)
    kLimit,         ///< a result beyond the kMaxResult... limits, or no memory for it
  } kind;
  std::int32_t slot = -1;
  std::string message;
};

/// "missing", "type", "zero_division", "overflow", "index", "key", "value" or "limit".
const char* eval_error_name(EvalError::Kind kind) noexcept;

/// Evaluates over `slots`, the blackboard's values. No allocation for numbers, no exceptions, no
/// locks. A result may be borrowed from `code` or `expression`, never from `slots`: `retained()`
/// before it outlives them. Returns false and fills `error` (only then).
bool evaluate(const Code& code, const Expression& expression, const Value* slots, Value& out,
              EvalError& error) noexcept;

/// Whether the expression is true, as `if` in Python decides it.
bool evaluate_truth(const Code& code, const Expression& expression, const Value* slots, bool& out,
                    EvalError& error) noexcept;

}  // namespace pyforest
