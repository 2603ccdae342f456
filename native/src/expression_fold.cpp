// The compiler's first pass: names become slots, and what is constant is computed.
#include <utility>

#include "expression_compiler.h"
#include "expression_operations.h"

namespace pyforest::expression {

namespace {

// A constant that grew beyond this is left to the evaluation: a tree may hold a million of them.
constexpr std::size_t kMaxFoldedText = 4096;

bool is_constant(const Node& n) { return n.kind == NodeKind::kConstant; }

// Repetition and the joining of lists can make much out of little text.
bool foldable(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return true;
  return a.is_string() && b.is_string() &&
         a.as_string().size() + b.as_string().size() <= kMaxFoldedText;
}

bool fold_compare(const std::vector<Value>& operands, const std::vector<Operator>& links,
                  Value& out) {
  EvalError error{};
  for (std::size_t i = 1; i < operands.size(); ++i) {
    bool holds = false;
    if (!relate(links[i], operands[i - 1], operands[i], holds, error)) return false;
    out = Value::boolean(holds);
    if (!holds) break;
  }
  return true;
}

}  // namespace

void Compiler::prepare() {
  for (Node& n : ast_.nodes) {
    resolve(n);
    fold(n);
    describe_lifetime(n);
  }
}

void Compiler::resolve(Node& n) {
  if (n.kind != NodeKind::kName && n.kind != NodeKind::kHas && n.kind != NodeKind::kGet) return;
  const std::string_view key = ast_.key_of(n);
  if (const Value* constant = resolver_.constant_of(key)) {
    n.constant = n.kind == NodeKind::kHas ? Value::boolean(true) : constant->retained();
    n.kind = NodeKind::kConstant;
    n.first = kNoNode;
    return;
  }
  n.slot = resolver_.slot_of(key);
}

void Compiler::fold(Node& n) {
  if (is_constant(n) || n.slot >= 0) return;
  if (n.kind == NodeKind::kArithmetic) {
    fold_prefix(n);
    return;
  }
  operands_.clear();
  std::vector<Operator> links;
  for (NodeIndex child = n.first; child != kNoNode; child = node(child).next) {
    if (!is_constant(node(child))) return;
  }
  for (NodeIndex child = n.first; child != kNoNode; child = node(child).next) {
    operands_.push_back(node(child).constant);
    if (n.kind == NodeKind::kCompare) links.push_back(node(child).link);
  }
  Value value;
  const bool folded = n.kind == NodeKind::kCompare ? fold_compare(operands_, links, value)
                                                   : fold_value(n, operands_, value);
  if (!folded) return;
  n.kind = NodeKind::kConstant;
  n.constant = std::move(value);
  n.first = kNoNode;
}

// 60 * 60 * hours: the constants in front become one.
void Compiler::fold_prefix(Node& n) {
  Node& first = node(n.first);
  if (!is_constant(first)) return;
  EvalError error{};
  while (first.next != kNoNode && is_constant(node(first.next))) {
    const Node& second = node(first.next);
    Value value;
    if (!foldable(first.constant, second.constant) ||
        !arithmetic(second.link, first.constant, second.constant, value, error)) {
      return;
    }
    first.constant = std::move(value);
    first.next = second.next;
  }
  if (first.next != kNoNode) return;
  n.kind = NodeKind::kConstant;
  n.constant = first.constant;
  n.first = kNoNode;
}

bool Compiler::fold_value(const Node& n, const std::vector<Value>& operands, Value& out) {
  EvalError error{};
  switch (n.kind) {
    case NodeKind::kPower:
      return arithmetic(Operator::kPower, operands[0], operands[1], out, error);
    case NodeKind::kNegate:
      return negate(operands[0], out, error);
    case NodeKind::kPlus:
      return positive(operands[0], out, error);
    case NodeKind::kNot:
      out = Value::boolean(!is_truthy(operands[0]));
      return true;
    case NodeKind::kAnd:
    case NodeKind::kOr:
      for (const Value& operand : operands) {
        out = operand;
        if (is_truthy(operand) == (n.kind == NodeKind::kOr)) break;
      }
      return true;
    case NodeKind::kConditional:
      out = is_truthy(operands[1]) ? operands[0] : operands[2];
      return true;
    case NodeKind::kSubscript:
      return subscript(operands[0], operands[1], false, out, error);
    case NodeKind::kSlice:
      return slice(operands[0], operands[1], operands[2], out, error);
    case NodeKind::kCall:
      return call(static_cast<Function>(n.detail), operands.data(), operands.size(), out, error);
    case NodeKind::kList:
      return make_list(operands.data(), operands.size(), out, error);
    case NodeKind::kDict:
      return make_dict(operands.data(), operands.size(), out, error);
    default:
      return false;
  }
}

void Compiler::describe_lifetime(Node& n) {
  switch (n.kind) {
    case NodeKind::kConstant:
      n.lasting = true;
      return;
    case NodeKind::kName:
      n.lasting = n.of_slot = true;
      return;
    case NodeKind::kGet:
      n.lasting = node(n.first).lasting;
      n.of_slot = true;
      return;
    case NodeKind::kSubscript:
      n.lasting = node(n.first).lasting;
      n.of_slot = n.lasting && node(n.first).of_slot;
      return;
    case NodeKind::kAnd:
    case NodeKind::kOr:
    case NodeKind::kConditional:
      n.lasting = true;
      for (NodeIndex child = n.first; child != kNoNode; child = node(child).next) {
        const bool condition = n.kind == NodeKind::kConditional && child == node(n.first).next;
        if (condition) continue;
        n.lasting = n.lasting && node(child).lasting;
        n.of_slot = n.of_slot || node(child).of_slot;
      }
      return;
    default:
      return;
  }
}

}  // namespace pyforest::expression
