// The syntax tree of an expression: nodes in one vector, children always before their parent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pyforest/expression.h"

namespace pyforest::expression {

/// Index of a node; negative for none.
using NodeIndex = std::int32_t;
inline constexpr NodeIndex kNoNode = -1;

enum class NodeKind : std::uint8_t {
  kConstant,     ///< `constant`
  kName,         ///< a blackboard key, see `key_of`
  kHas,          ///< has("key")
  kGet,          ///< bb.get("key", child)
  kArithmetic,   ///< children joined by left-associative operators of one precedence
  kPower,        ///< two children
  kNegate,       ///< -child
  kPlus,         ///< +child
  kNot,          ///< not child
  kCompare,      ///< children joined by comparisons
  kAnd,          ///< two or more children
  kOr,           ///< two or more children
  kConditional,  ///< children in the order they are written: value, condition, other value
  kSubscript,    ///< child[child]
  kSlice,        ///< child[child:child], an absent bound is the constant None
  kCall,         ///< children are the arguments of function `detail`
  kList,         ///< children; also the tuple after `in`
  kDict,         ///< children are keys and values in turn
};

/// Operators between the children of kArithmetic and kCompare, kept on the right-hand child.
enum class Operator : std::uint8_t {
  kNone,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kFloorDivide,
  kModulo,
  kPower,
  // As CompareOp, in its order.
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqual,
  kNotEqual,
  kIn,
  kNotIn,
  kIs,
  kIsNot,
};

inline bool is_ordinary_compare(Operator op) {
  return op >= Operator::kLess && op <= Operator::kNotEqual;
}

inline CompareOp to_compare_op(Operator op) {
  return static_cast<CompareOp>(static_cast<std::uint8_t>(op) -
                                static_cast<std::uint8_t>(Operator::kLess));
}

/// The functions that an expression may call, `has` and `bb.get` aside.
enum class Function : std::uint8_t {
  kAbs,
  kAll,
  kAny,
  kBool,
  kFloat,
  kInt,
  kLen,
  kMax,
  kMin,
  kRound,
  kSorted,
  kStr,
  kSum,
};

struct FunctionInfo {
  const char* name;
  Function id;
  std::uint16_t least;  ///< arguments
  std::uint16_t most;
};

/// Nullptr where there is no such function.
const FunctionInfo* find_function(std::string_view name) noexcept;
const char* function_name(Function id) noexcept;

struct Node {
  NodeKind kind;
  Operator link = Operator::kNone;  ///< what joins this node to its sibling on the left
  std::uint8_t detail = 0;  ///< kCall: the Function; kName: 1 where the key is in `constant`
  bool lasting =
      false;  ///< the value outlives the evaluation: a slot's, a constant's, or an item of one
  bool of_slot = false;     ///< the value may be a slot's, or an item of one
  std::uint32_t begin = 0;  ///< bytes of the text, brackets around the whole not included
  std::uint32_t end = 0;
  NodeIndex first = kNoNode;
  NodeIndex next = kNoNode;  ///< sibling on the right
  std::int32_t slot = -1;
  Value constant;
};

struct Ast {
  std::string_view text;
  std::vector<Node> nodes;

  /// The blackboard key of a kName, kHas or kGet.
  std::string_view key_of(const Node& node) const {
    if (node.kind == NodeKind::kName && node.detail == 0) {
      return text.substr(node.begin, node.end - node.begin);
    }
    return node.constant.as_string();
  }
};

}  // namespace pyforest::expression
